"""What ``-k`` selects where pytest is not asked: the same."""

from __future__ import annotations

import pytest
from _pytest.mark.expression import Expression
from hypothesis import given
from hypothesis import strategies as st

from actinit.conformance.run.expression import selected

IDS = ["activation/gelu/float32/value/ulp", "activation/relu/float64/derivative/kink", "weights/x"]
WORDS = st.sampled_from(["gelu", "RELU", "float", "value/ulp", "weights", "nothing"])
EXPRESSIONS = st.recursive(
    WORDS,
    lambda inside: st.one_of(
        inside.map(lambda one: f"not {one}"),
        inside.map(lambda one: f"({one})"),
        st.tuples(inside, st.sampled_from(["and", "or"]), inside).map(" ".join),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_it_selects_what_pytest_would(expression):
    compiled = Expression.compile(expression)
    expected = [
        id
        for id in IDS
        if compiled.evaluate(lambda word, **_: word.lower() in id)  # noqa: B023
    ]
    assert selected(expression, IDS) == expected


@pytest.mark.parametrize("wrong", ["", "and", "gelu or", "(gelu", "gelu)", "gelu relu", "not"])
def test_what_is_no_expression_is_refused(wrong):
    with pytest.raises(ValueError, match="-k"):
        selected(wrong, IDS)
