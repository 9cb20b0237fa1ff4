"""The comparator: candidate pairs in, levels, weights and decisions out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log10, prod

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.bands import LEAST_BITS, Bands, Floats, bands_of, bits
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.explain import Explanation, explain_pair
from crmquality.comparator.inside import inside_pairs
from crmquality.comparator.labels import adjust, most_informative
from crmquality.comparator.learn import CHUNK, Learned, components, learn, score
from crmquality.comparator.levels import Comparison, missing_columns
from crmquality.comparator.model import LinkModel
from crmquality.comparator.pairs import MAX_PATTERNS, ComparedPairs, compare
from crmquality.comparator.similarity import EPSILON, Codes
from crmquality.comparator.term_frequency import Counted
from crmquality.comparator.weights import Scorer, probability
from crmquality.declarations import Declaration
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, Decision, gamma_column


@dataclass(frozen=True)
class Comparator(Declaration):
    """The fourth stage: comparisons, and from which probability a pair is a link or goes to review.

    Attributes:
        comparisons: what is compared.
        link_probability: from here on a pair is a link.
        review_probability: from here on, below a link, a person should look.
        record_id: the column of the record ids.
        max_wrong_links: the share of the links that may be expected to be wrong, such as 0.01; where it would be more,
            `link_probability` is raised as far as needed once the pairs of a run are scored (see `bands`).
        max_missed_links: the share of the matches among the candidate pairs that may be expected below review; where
            it would be more, `review_probability` is lowered as far as needed.
    """

    comparisons: tuple[Comparison, ...] = ()
    link_probability: float = 0.5
    review_probability: float = 0.1
    record_id: str = RECORD_ID
    max_wrong_links: float | None = None
    max_missed_links: float | None = None

    def faults(self) -> list[str]:
        """No comparisons or too many, comparisons' faults, names used twice, bands that overlap."""
        names = [c.name for c in self.comparisons]
        out = [f for c in self.comparisons for f in c.faults()]
        if not self.comparisons:
            out.append("a comparator needs a comparison")
        if (n_patterns := prod(len(c.levels) + 2 for c in self.comparisons)) > MAX_PATTERNS:
            out.append(
                f"the levels of {len(names)} comparisons make 10^{log10(n_patterns):.0f} patterns; at most "
                f"10^{log10(MAX_PATTERNS):.0f} are supported: leave out what tells customers apart least (match=False)"
            )
        out += [f"two comparisons are called {n!r}" for n in sorted({n for n in names if names.count(n) > 1})]
        if not 0 < self.review_probability <= self.link_probability < 1:
            out.append("probabilities must fulfil 0 < review_probability <= link_probability < 1")
        for name in ("max_wrong_links", "max_missed_links"):
            bound = getattr(self, name)
            if bound is not None and not 0 < bound < 1:
                out.append(f"{name} is a share between 0 and 1, such as 0.01 for one in a hundred; got {bound}")
        return out

    def with_comparisons(self, *comparisons: Comparison) -> Comparator:
        """The same with more comparisons; one of the same name is replaced."""
        new = {c.name: c for c in (*self.comparisons, *comparisons)}
        return replace(self, comparisons=tuple(new.values()))

    @property
    def link_weight(self) -> float:
        """`link_probability` in bits."""
        return bits(self.link_probability)

    @property
    def review_weight(self) -> float:
        """`review_probability` in bits."""
        return bits(self.review_probability)

    def with_bands(self, bands: Bands) -> Comparator:
        """The same with the thresholds of a run in place of bounds on error rates."""
        return replace(
            self,
            link_probability=bands.link_probability,
            review_probability=bands.review_probability,
            max_wrong_links=None,
            max_missed_links=None,
        )

    def _bands(self, weights: Floats) -> Bands:
        bounds = (self.max_wrong_links, self.max_missed_links)
        return bands_of(weights, self.link_probability, self.review_probability, *bounds)

    def compare(self, normalized: object, pairs: object) -> object:
        """The level of every comparison for every pair.

        Args:
            normalized: the normalized records, any kind of table.
            pairs: candidate pairs, `record_id_l` and `record_id_r`.

        Returns:
            The pairs with `gamma_<comparison>` columns, int8, in the kind of table that `pairs` was.

        Raises:
            ConfigError: for a comparator with faults.
            SchemaError: when a column is missing, an id is repeated, or a pair names a record that is not there.
        """
        frame, _ = to_polars(normalized)
        candidates, restore = to_polars(pairs)
        table, left, right = self._rows(frame, candidates)
        columns = [pl.Series(gamma_column(c.name), c.gammas(table, left, right)) for c in self.comparisons]
        return restore(candidates.with_columns(columns))

    def link(self, normalized: object, pairs: object, model: LinkModel | None = None) -> object:
        """Candidate pairs scored: the Links table, of the kind that `pairs` was; pairs below review are non-links.

        Args:
            normalized: the normalized records.
            pairs: candidate pairs.
            model: a learned model; without one the declared m and u are used.

        Raises:
            ConfigError, SchemaError: as for `compare`.
            ModelError: for a model of other comparisons.
        """
        frame, _ = to_polars(normalized)
        candidates, restore = to_polars(pairs)
        table, left, right = self._rows(frame, candidates)
        model = model or LinkModel.default(self.comparisons)
        model.check(self.comparisons)
        gammas = np.column_stack([c.gammas(table, left, right) for c in self.comparisons])
        weights = Scorer(model, self.comparisons, table, Counted()).weights(gammas, left, right)
        decided = self.with_bands(self._bands(weights))
        return restore(decided.links_table(candidates[RECORD_ID_L], candidates[RECORD_ID_R], weights))

    def _rows(self, frame: pl.DataFrame, candidates: pl.DataFrame) -> tuple[Encoded, Codes, Codes]:
        wrong = self.faults()
        if wrong:
            raise ConfigError(wrong)
        faults = missing_columns(self.comparisons, frame.columns)
        faults += [] if self.record_id in frame.columns else [unknown("column", self.record_id, frame.columns)]
        named = (RECORD_ID_L, RECORD_ID_R)
        faults += [f"pairs: {unknown('column', c, candidates.columns)}" for c in named if c not in candidates.columns]
        if faults:
            raise SchemaError(faults)
        ids = frame[self.record_id]
        if ids.dtype == pl.Categorical or isinstance(ids.dtype, pl.Enum):  # the blocker gives their text
            ids = ids.cast(pl.String)
        if ids.is_duplicated().any():
            raise SchemaError(f"column {self.record_id!r}: some ids repeat another; expected unique ids")
        rows = pl.DataFrame({"id": ids}).with_row_index("row")
        sides = []
        for side in named:
            pairs_ids = candidates.select(pl.col(side).cast(ids.dtype, strict=False))
            joined = pairs_ids.join(rows, left_on=side, right_on="id", how="left", maintain_order="left")
            if joined["row"].null_count():
                raise SchemaError(f"{joined['row'].null_count()} of the pairs name a {side} that no record has")
            sides.append(joined["row"].to_numpy().astype(np.int32))
        return Encoded(frame), sides[0], sides[1]

    def compare_chunks(self, table: Encoded, chunks: Iterable[tuple[Codes, Codes, int]]) -> ComparedPairs:
        """The inner path: row numbers in, patterns out."""
        return compare(table, self.comparisons, chunks)

    def learn(self, table: Encoded, record_ids: pl.Series, pairs: ComparedPairs, n_possible: float) -> Learned:
        """The model that the table supports; see `learn`."""
        return learn(self.comparisons, table, record_ids, pairs, n_possible, self.link_weight)

    def teach(
        self, learned: Learned, table: Encoded, left: Codes, right: Codes, is_match: NDArray[np.bool_]
    ) -> Learned:
        """What was learned without labels, corrected by labelled pairs; see `labels`."""
        scorer = Scorer(learned.model, self.comparisons, table, learned.frequencies)
        gammas = np.column_stack([c.gammas(table, left, right) for c in self.comparisons])
        level, tf, together, related = scorer.log_odds_parts(gammas, left, right)
        model = adjust(learned.model, level + tf, scorer.prior + together + related, is_match)
        return replace(learned, model=model)

    def next_to_label(self, records: pl.DataFrame, links: pl.DataFrame, n: int) -> pl.DataFrame:
        """The rows of a Links table that teach most, the most informative first.

        Args:
            records: the normalized records.
            links: the pairs that may be asked about, with their weights.
            n: how many are wanted.
        """
        ids = pl.concat([links[RECORD_ID_L], links[RECORD_ID_R]]).unique()
        table, left, right = self._rows(records.filter(pl.col(self.record_id).is_in(ids.implode())), links)
        gammas = np.column_stack([c.gammas(table, left, right) for c in self.comparisons])
        return links[most_informative(gammas, links["match_weight"].to_numpy(), n)]

    def links_frame(
        self, record_ids: pl.Series, pairs: ComparedPairs, scorer: Scorer, rule_names: Sequence[str]
    ) -> tuple[pl.DataFrame, Bands]:
        """Links and reviews of compared pairs, with the blocking rule that found each; and the bands that made them.

        What follows decides by the same bands: go on with `with_bands`.
        """
        floor = self.review_weight if self.max_missed_links is None else min(self.review_weight, LEAST_BITS)
        scored, weights = score(pairs, scorer, floor)
        bands = self._bands(weights)
        decided = self.with_bands(bands)
        kept = weights >= decided.review_weight - EPSILON
        scored, weights = scored.where(kept), weights[kept]
        rule = pl.Series(rule_names, dtype=pl.String)[scored.rule.astype(np.int64)] if len(scored) else None
        table = decided.links_table(record_ids[scored.left], record_ids[scored.right], weights)
        links = table.with_columns(blocking_rule=pl.Series([], dtype=pl.String) if rule is None else rule)
        return links.sort(RECORD_ID_L, RECORD_ID_R), bands

    def inside_frame(self, record_ids: pl.Series, table: Encoded, pairs: ComparedPairs, scorer: Scorer) -> pl.DataFrame:
        """All pairs inside the components that links make, scored: what the merger weighs a link against.

        Returns:
            A Links table of pairs, linked or not; see `inside`.
        """
        linked, weights = score(pairs, scorer, self.link_weight)
        return self.inside_links(record_ids, table, linked.left, linked.right, weights, scorer)

    def inside_links(
        self, record_ids: pl.Series, table: Encoded, left: Codes, right: Codes, weights: Floats, scorer: Scorer
    ) -> pl.DataFrame:
        """`inside_frame` where the links are known.

        Args:
            record_ids: the ids of the rows.
            table: the records.
            left: rows of the pairs whose weight makes them links.
            right: rows of them.
            weights: of them.
            scorer: what scores.
        """
        left, right = inside_pairs(components(table.height, left, right), left, right, weights)
        return self.links_table(record_ids[left], record_ids[right], self.weights(table, left, right, scorer))

    def weights(self, table: Encoded, left: Codes, right: Codes, scorer: Scorer) -> Floats:
        """The match weight of every pair of rows, in bits."""
        scored = [np.zeros(0)]
        for begin in range(0, len(left), CHUNK):
            a, b = left[begin : begin + CHUNK], right[begin : begin + CHUNK]
            scored.append(scorer.weights(np.column_stack([c.gammas(table, a, b) for c in self.comparisons]), a, b))
        return np.concatenate(scored)

    def links_table(self, left: pl.Series, right: pl.Series, weights: Floats) -> pl.DataFrame:
        """Ids and weights as a Links table."""
        p = probability(weights)
        return pl.DataFrame(
            {RECORD_ID_L: left, RECORD_ID_R: right, "match_weight": weights, "match_probability": p}
        ).with_columns(
            decision=pl.when(pl.col("match_weight") >= self.link_weight - EPSILON)
            .then(pl.lit("link"))
            .when(pl.col("match_weight") >= self.review_weight - EPSILON)
            .then(pl.lit("review"))
            .otherwise(pl.lit("non-link"))
        )

    def decide(self, weight: float) -> Decision:
        """The band of a weight."""
        if weight >= self.link_weight - EPSILON:
            return "link"
        return "review" if weight >= self.review_weight - EPSILON else "non-link"

    def explain_rows(self, records: pl.DataFrame, scorer: Scorer, left: int, right: int) -> Explanation:
        """The parts of the weight of two rows of the records that were scored: only these two are encoded again."""
        rows = [min(left, right), max(left, right)]
        a, b = np.array(rows, dtype=np.int32)[:, None]
        two = Encoded(records[rows])
        first, second = np.array([[0], [1]], dtype=np.int32)
        gammas = np.column_stack([c.gammas(two, first, second) for c in self.comparisons])
        weight = float(scorer.weights(gammas, a, b)[0])
        decided = self.decide(weight)
        return explain_pair(scorer.model, self.comparisons, scorer, gammas, a, b, decided, self.link_weight)
