"""Why two records are one entity, or are not: by a link, a person, a chain of links, or what refused the link."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import polars as pl

from crmquality.merger.evidence import EVIDENCE
from crmquality.merger.guards import DECISIONS
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, ChainLink, Standing


def standing(
    record_id_l: object,
    record_id_r: object,
    clusters: pl.DataFrame,
    links: pl.DataFrame,
    refused: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
) -> Standing:
    """How two different records came out of clustering.

    Args:
        record_id_l: the id of one record.
        record_id_r: of the other.
        clusters: as `cluster` gave them.
        links: what it was given.
        refused: what it refused.
        decisions: of people, if any; one per pair, see `merger.decisions.effective_decisions`.

    >>> clusters = pl.DataFrame({"record_id": [1, 2, 3], "entity_id": [1, 1, 1]})
    >>> links = pl.DataFrame({"record_id_l": [1, 2], "record_id_r": [2, 3], "match_weight": [9.0, 7.0],
    ...                       "match_probability": [0.99, 0.98], "decision": ["link", "link"]})
    >>> found = standing(1, 3, clusters, links, links.clear())
    >>> found.reason, [(x.record_id_l, x.record_id_r, x.match_weight) for x in found.chain]
    ('chain', [(1, 2, 9.0), (2, 3, 7.0)])
    """
    pair = pl.Series([record_id_l, record_id_r], dtype=clusters.schema[RECORD_ID])
    said = _of_pair(decisions, pair)["decision"].to_list() if decisions is not None else []
    entities = clusters.filter(pl.col(RECORD_ID).is_in(pair.implode()))["entity_id"]
    if entities.n_unique() > 1:
        if "non-link" in said:
            return Standing(False, "decision")
        guards = sorted(_of_pair(refused, pair)["guard"].to_list()) if refused.height else []
        if not guards:
            return Standing(False, "no_link")
        guard = str(guards[0])
        return Standing(
            False, "decision" if guard == DECISIONS else "evidence" if guard == EVIDENCE else "guard", guard
        )
    if "link" in said:
        return Standing(True, "decision")
    if (_of_pair(links, pair)["decision"] == "link").any():
        return Standing(True, "link")
    members = clusters.filter(pl.col("entity_id") == entities[0])[RECORD_ID]
    return Standing(True, "chain", chain=_chain(pair[0], pair[1], _followed(members, links, decisions)))


def _of_pair(table: pl.DataFrame, pair: pl.Series) -> pl.DataFrame:
    a, b = (pl.col(c).cast(pair.dtype, strict=False) for c in (RECORD_ID_L, RECORD_ID_R))
    one, other = pl.lit(pair[:1]).first(), pl.lit(pair[1:]).first()
    return table.filter(((a == one) & (b == other)) | ((a == other) & (b == one)))


def _followed(
    members: pl.Series, links: pl.DataFrame, decisions: pl.DataFrame | None
) -> Sequence[tuple[object, object, float | None, bool]]:
    """The links inside an entity: two ids, the weight, whether a person said so."""
    parts = [(links, False), *([] if decisions is None else [(decisions, True)])]
    out: list[tuple[object, object, float | None, bool]] = []
    for table, decided in parts:
        sides = [pl.col(c).cast(members.dtype, strict=False) for c in (RECORD_ID_L, RECORD_ID_R)]
        inside = table.with_columns(sides).filter(
            pl.col("decision") == "link",
            *(pl.col(c).is_in(members.implode()) for c in (RECORD_ID_L, RECORD_ID_R)),
        )
        weights = [None] * inside.height if decided else inside["match_weight"].to_list()
        out += [(a, b, w, decided) for a, b, w in zip(inside[RECORD_ID_L], inside[RECORD_ID_R], weights, strict=True)]
    return out


def _chain(
    start: object, end: object, edges: Sequence[tuple[object, object, float | None, bool]]
) -> tuple[ChainLink, ...]:
    """The shortest way, of these the one with the strongest weakest link, of these the one of smallest ids."""
    ways: dict[object, dict[object, ChainLink]] = {}
    for a, b, weight, decided in edges:
        for x, y in ((a, b), (b, a)):
            known = ways.setdefault(x, {}).get(y)
            if known is None or _strength(ChainLink(x, y, weight, decided)) > _strength(known):
                ways[x][y] = ChainLink(x, y, weight, decided)
    reached: dict[object, tuple[float, tuple[ChainLink, ...]]] = {start: (inf, ())}
    front = [start]
    while front and end not in reached:
        further: dict[object, tuple[float, tuple[ChainLink, ...]]] = {}
        for x in front:  # in the order of ids, and a way is replaced by a stronger one only
            weakest, way = reached[x]
            for y, link in ways.get(x, {}).items():
                strength = min(weakest, _strength(link))
                if y not in reached and (y not in further or strength > further[y][0]):
                    further[y] = (strength, (*way, link))
        reached |= further
        front = pl.Series(list(further)).sort().to_list() if further else []
    return reached[end][1] if end in reached else ()


def _strength(link: ChainLink) -> float:
    if link.decided:
        return inf
    return -inf if link.match_weight is None else link.match_weight
