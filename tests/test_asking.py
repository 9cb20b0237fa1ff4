"""Questions about a state that is empty, and about what is no state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import crmquality as cq

FITTED = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
STEP = FITTED.update(cq.State(), [{"record_id": 1, "name": "王芳", "email": "wf@example.org"}])


def test_an_empty_state_answers_with_empty_tables() -> None:
    known = STEP.state
    assert FITTED.review_queue(cq.State()).columns == FITTED.review_queue(known).columns
    assert FITTED.values(cq.State()).columns == FITTED.values(known).columns
    assert FITTED.review_queue(cq.State()).height == FITTED.values(cq.State()).height == 0


ASKED: list[Callable[[Any], object]] = [
    lambda state: FITTED.update(state, []),
    FITTED.index,
    FITTED.relink,
    FITTED.review_queue,
    FITTED.values,
    FITTED.golden,
    lambda state: FITTED.explain(state, 1, 2),
    lambda state: FITTED.split(state, "g", [1]),
    lambda state: FITTED.unmerge(state, 1),
    lambda state: FITTED.forget(state, [1]),
]


@pytest.mark.parametrize("ask", ASKED)
def test_a_step_in_place_of_its_state_is_told(ask: Callable[[Any], object]) -> None:
    with pytest.raises(cq.SchemaError, match=r"^expected a State, got a Step: pass step\.state$"):
        ask(STEP)
    with pytest.raises(cq.SchemaError, match=r"^expected a State, got a NoneType: State\(\) to begin with"):
        ask(None)
