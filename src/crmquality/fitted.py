"""A pipeline and all it learned: it links whole tables, batches into a state, and one record at a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import polars as pl

from crmquality.comparator import Explanation, LinkModel
from crmquality.comparator.term_frequency import TermFrequencies
from crmquality.frames import to_polars
from crmquality.results import Event, Result

if TYPE_CHECKING:
    from crmquality.checked import Policy
    from crmquality.corrections import Forgotten
    from crmquality.index import Index
    from crmquality.pipeline import Pipeline
    from crmquality.state import State
    from crmquality.step import Step

FrameT = TypeVar("FrameT")
OnEvent = Callable[[Event], None]


@dataclass(frozen=True, repr=False)
class FittedPipeline:
    """A pipeline and all it learned: what becomes of two records depends on these and on the records around them.

    Attributes:
        pipeline: the stages; after `fit`, with the blocks' caps and the bands that were found.
        model: the numbers that it scores with.
        frequencies: how common each value is.
    """

    pipeline: Pipeline
    model: LinkModel
    frequencies: TermFrequencies = field(default_factory=TermFrequencies)

    def __repr__(self) -> str:
        return f"FittedPipeline({self.pipeline.summary()}, and model)"

    def with_frequencies(self, records: object) -> FittedPipeline:
        """The same model, with the values counted in a table: who shares a rare name is likelier one than who shares a
        common one.

        Args:
            records: a table of any kind that `frames` reads.

        Raises:
            SchemaError: for every missing column at once.
        """
        from crmquality.running import Run, with_columns_of  # here: it imports this module

        run = Run(self.pipeline, with_columns_of(self.pipeline, to_polars(records)[0]), None)
        return run.fitted(run.scored_with(self.model))

    def of_state(self, state: State) -> FittedPipeline:
        """The same with the caps, bands and frequencies that a state keeps: its `run` gives the state's customers.

        Raises:
            ModelError: where the state was linked with another model or other rules.
        """
        from crmquality.linking import Linking  # here: it imports this module

        linking = Linking.of(self, state)
        return FittedPipeline(linking.pipeline, self.model, linking.frequencies)

    def run(
        self,
        records: FrameT,
        *,
        decisions: object = None,
        checked_cells: object = None,
        as_of: datetime | None = None,
        on_event: OnEvent | None = None,
    ) -> Result[FrameT]:
        """Resolve a table with this model; see `Pipeline.run`.

        What a pair's fate depends on was learned before: the same records give the same customers whatever else has
        been run, and the same as in batches through `update`.
        """
        from crmquality.running import resolve  # here: it imports this module

        return resolve(self.pipeline, self, records, decisions, checked_cells, as_of, on_event)

    def update(
        self,
        state: State,
        batch: FrameT,
        *,
        decisions: object = None,
        fixed: object = None,
        at: date | str | None = None,
        as_of: datetime | None = None,
        key: bytes | None = None,
    ) -> Step[FrameT]:
        """A batch into what is known: new, corrected and deleted records, and people's answers.

        Any order and any cutting of the batches gives the entities of one `run`, and the same batch twice changes
        nothing. Of a record that comes again the later row counts, by `updated_at` where the schema has it, else by
        arrival. A golden id never changes its meaning; see `merger.golden_ids` for who keeps it.

        Args:
            state: what is known; `State()` to begin with.
            batch: a table of any kind that `frames` reads, or None; the step's tables are of its kind. A row replaces
                the whole record. A column `op` may say "upsert" or "delete".
            decisions: what people decided: `record_id_l`, `record_id_r`, `decision` ("link", "non-link", "review"),
                perhaps `by`, `at`, `reason`. They are kept, and hold for records to come as well.
            fixed: golden values that a person has fixed: `golden_id`, `field`, `value`, perhaps `by`, `at`. They are
                taken as they are, not normalized; null says that the customer has none.
            at: the time of this update, for the history, and for decisions and fixed values that have none.
            as_of: the time for rules about dates, as for `run`.
            key: secret and random bytes, with which a state is begun that holds no values; see `state`. Each batch
                needs the same.

        Raises:
            ConfigError: for a key that is not the state's.
            ModelError: where the state was linked with another model or other rules.
            SchemaError: for missing columns, ids of another type, and answers that cannot be read; before any work.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Email("email"))
        >>> fitted = cq.Pipeline.from_schema(schema).with_default_model()
        >>> first = fitted.update(cq.State(), [{"record_id": 1, "name": "欧阳娜娜", "email": "nana@example.org"}])
        >>> then = fitted.update(first.state, [{"record_id": 2, "name": "歐陽娜娜", "email": "NANA@example.org"}])
        >>> [(x["record_id"], x["event"]) for x in then.xref_changes], then.golden_changes[0]["n_records"]
        ([(2, 'joined')], 2)
        >>> fitted.update(then.state, [{"record_id": 2, "name": "歐陽娜娜", "email": "NANA@example.org"}]).xref_changes
        []
        """
        from crmquality.update import update  # here: it imports this module

        step = update(self, state, batch, decisions=decisions, fixed=fixed, at=at, as_of=as_of, key=key)
        return cast("Step[FrameT]", step)

    def relink(self, state: State, *, at: date | str | None = None) -> Step[pl.DataFrame]:
        """A state that was linked otherwise, gone over to this model: every record is normalized and linked anew.

        Golden ids, decisions, fixed values and history stay. Frequencies are this pipeline's, or, where it has none,
        the state's.
        """
        from crmquality.linking import check_state  # here: it imports this module
        from crmquality.update import relink  # here: it imports this module

        check_state(state)
        return cast("Step[pl.DataFrame]", relink(self, state, at=at))

    def index(
        self,
        state: State,
        *,
        policy: Policy | None = None,
        carry: Iterable[str] | None = None,
        key: bytes | None = None,
    ) -> Index:
        """An in-memory index of a state, to check one record at a form against all that are known.

        Args:
            state: what is known.
            policy: when a form is warned or stopped; by default as the next update would decide.
            carry: columns of the records that matches show; by default the source, where there is one.
            key: that of a state that holds keyed hashes.

        Raises:
            ConfigError: for a policy with faults, and a key that is not the state's.
            SchemaError: for columns to carry that are not there.
            ModelError: where the state was linked with another model or other rules.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"))
        >>> fitted = cq.Pipeline.from_schema(schema).with_default_model()
        >>> state = fitted.update(cq.State(), [{"record_id": 1, "name": "欧阳娜娜", "mobile": "13800138001"}]).state
        >>> checked = fitted.index(state).check({"name": "歐陽娜娜 女士", "mobile": "0086-138-0013-8001"})
        >>> checked.verdict, [m.record_id for m in checked.matches]
        ('block', [1])
        """
        from crmquality.hiding import check_key, hider  # here: it imports this module
        from crmquality.index import Index
        from crmquality.linking import Linking  # it imports this module
        from crmquality.running import with_columns_of

        linking = Linking.of(self, state)
        check_key(state, key)
        hide = None if key is None else hider(linking, state.settings.columns, key)
        known = self.of_state(state)
        records = state.records
        if not records.width:
            records = self.pipeline.normalizer.normalize_frame(with_columns_of(self.pipeline, records))
        return Index.build(known, records, state.entities, policy=policy, carry=carry, hide=hide)

    def split(
        self,
        state: State,
        golden_id: str,
        members: Iterable[object],
        *,
        by: str | None = None,
        at: date | str | None = None,
        reason: str | None = None,
    ) -> Step[pl.DataFrame]:
        """Take a customer apart who is two: some of the records are one customer, and none of the others is.

        Said as decisions, which hold from now on: "non-link" between each of the members and each of the others,
        "link" among the members. Which part keeps the golden id, `merger.golden_ids` says.

        Args:
            state: what is known.
            golden_id: of the customer; one that was merged away will do.
            members: record ids, some of those under the golden id.
            by: who says so.
            at: when.
            reason: why.

        Raises:
            SchemaError: for records that are not under the golden id, and for all of them, or none.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> rows = [{"record_id": i, "name": "王芳", "email": "wf@example.org"} for i in (1, 2, 3)]
        >>> step = fitted.update(cq.State(), rows)
        >>> taken = fitted.split(step.state, step.xref_changes[0]["golden_id"], [2, 3], by="li", at="2025-03-01")
        >>> taken.xref_changes.select("record_id", "event").rows(), taken.state.decisions.height
        ([(1, 'split')], 3)
        """
        from crmquality.corrections import split  # here: it imports this module

        return split(self, state, golden_id, members, by=by, at=at, reason=reason)

    def unmerge(
        self,
        state: State,
        record_id: object,
        *,
        by: str | None = None,
        at: date | str | None = None,
        reason: str | None = None,
    ) -> Step[pl.DataFrame]:
        """Take one record out of its customer: it is none of the others that are with it now.

        Raises:
            SchemaError: for a record that is not there, or alone already.
        """
        from crmquality.corrections import unmerge  # here: it imports this module

        return unmerge(self, state, record_id, by=by, at=at, reason=reason)

    def forget(self, state: State, record_ids: Iterable[object]) -> Forgotten:
        """A state without any trace of some records, and what was removed.

        Records, links, decisions that name them, their history, deletions, frequencies of values that nobody else has,
        and golden ids that nobody else was ever under. Golden records of customers of whom other records are left are
        made of those. Nothing of it can be undone. What the caller has stored elsewhere, earlier tables of the state
        included, is the caller's to delete.

        Args:
            state: what is known.
            record_ids: the records of a person, in all sources.

        Raises:
            SchemaError: for ids of which the state has never heard.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> rows = [{"record_id": i, "name": "王芳", "email": "wf@example.org"} for i in (1, 2)]
        >>> state = fitted.update(cq.State(), rows).state
        >>> forgotten = fitted.forget(state, [1, 2])
        >>> forgotten.state.n_records, sorted(forgotten.removed["table"])
        (0, ['entities', 'events', 'golden_ids', 'links', 'records'])
        """
        from crmquality.corrections import forget  # here: it imports this module

        return forget(self, state, record_ids)

    def review_queue(self, state: State, n: int = 20) -> pl.DataFrame:
        """What to ask a person first about a state: as `Result.review_queue`; entities are golden ids.

        Every customer of more than one record is looked at, which takes as long as clustering a table of that size.
        `review.answers_to_decisions` turns the rows, with `answer` filled, into decisions for `update`.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"))
        >>> fitted = cq.Pipeline.from_schema(schema).with_default_model()
        >>> rows = [{"record_id": i, "name": name, "mobile": "138 1234 5678"} for i, name in enumerate(["王芳", "王"])]
        >>> queue = fitted.review_queue(fitted.update(cq.State(), rows).state)
        >>> queue.select("kind", "record_id_l", "record_id_r").rows()
        [('cluster', 0, 1)]
        """
        from crmquality.asking import review_queue_of  # here: it imports this module

        return review_queue_of(self, state).head(n)

    def explain(self, state: State, record_id_l: object, record_id_r: object) -> Explanation:
        """Why two records of a state are linked, or not: the parts of their match weight, and how they stand.

        Raises:
            SchemaError: for a record that is not there.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> rows = [{"record_id": i, "name": "王芳", "email": "wf@example.org"} for i in (1, 2)]
        >>> print(fitted.explain(fitted.update(cq.State(), rows).state, 1, 2).text().splitlines()[-1])
        together: linked directly
        """
        from crmquality.asking import explain_of  # here: it imports this module

        return explain_of(self, state, record_id_l, record_id_r)

    def values(self, state: State, golden_id: str | None = None) -> pl.DataFrame:
        """Where the golden values of a state come from: every value of any member, whether it won, and why.

        Args:
            state: what is known.
            golden_id: of one customer; without it those of all.

        Returns:
            The columns of `Merger.values`; see `Result.values`.

        Raises:
            SchemaError: for a golden id without records.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> state = fitted.update(cq.State(), [{"record_id": 1, "name": "王芳", "email": None}]).state
        >>> fitted.values(state, state.entities["golden_id"][0]).select("field", "value", "reason").rows()
        [('name', '王芳', 'only_value')]
        """
        from crmquality.asking import values_of  # here: it imports this module

        return values_of(self, state, golden_id)

    def golden(self, state: State) -> pl.DataFrame:
        """All golden records of a state, by golden id: as `Result.golden`, with what stewards have fixed."""
        from crmquality.linking import Linking  # here: it imports this module
        from crmquality.step import golden_of

        linking = Linking.of(self, state)
        slots = np.flatnonzero(state._alive)
        if not slots.size:
            return pl.DataFrame(schema={"golden_id": pl.String})
        return golden_of(linking, state, slots).golden
