"""The intervals of the page's arithmetic against Arb: the exact value is in each of them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx

from actinit.spec.expression import FUNCTIONS

#: Of one number: inputs go up to 2 to this power, and may be negative.
SPANS = {
    "exp": (12, True), "expm1": (12, True), "log": (300, False), "log1p": (300, False),
    "sqrt": (300, False), "tanh": (8, True), "erf": (6, True), "erfc": (6, True),
    "abs": (300, True), "ceil": (60, True),
}  # fmt: skip
PRECISIONS = (32, 128, 600)


def points(span, signed, count, seed):
    """Return numbers m * 2**e of up to 60 bits, spread over exponents."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        m = int(rng.integers(1, 2 ** int(rng.integers(1, 61))))
        top = int(rng.integers(-200, span))
        found.append((-m if signed and rng.random() < 0.5 else m, top - m.bit_length()))
    return found


def number(pair):
    m, e = pair
    return arb(m) * arb(2) ** e


def fraction(pair):
    m, e = pair
    return Fraction(m) * Fraction(2) ** e


def end(written):
    m, e = written
    return arb(int(m)) * (arb.pos_inf() if e == "inf" else arb(2) ** e)


def test_every_function_of_the_language_is_there():
    assert {*SPANS, "max", "min", "delta"} == set(FUNCTIONS)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", SPANS)
def test_enclosures_contain_the_value_and_are_tight(ask, name, precision):
    asked = points(*SPANS[name], 120, seed=precision)
    if name == "log1p":
        asked += [(-1 * m, -62) for m, _ in points(1, False, 20, seed=1) if m < 2**62]
    found = ask(
        "enclosures", function=name, precision=precision,
        inputs=[[[str(m), e]] for m, e in asked],
    )  # fmt: skip
    before, ctx.prec = ctx.prec, 3000
    try:
        for pair, (low, high) in zip(asked, found, strict=True):
            x = number(pair)
            exact = abs(x) if name == "abs" else getattr(x, name)()
            assert end(low) <= exact or end(low).overlaps(exact), pair
            assert exact <= end(high) or end(high).overlaps(exact), pair
            assert not end(low) > exact, pair
            assert not end(high) < exact, pair
            # Sixteen units in the last place, or it would have to be tried again too often.
            assert end(high) - end(low) <= abs(exact) * arb(2) ** (5 - precision), pair
    finally:
        ctx.prec = before


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "max", "min"])
def test_arithmetic_contains_the_value(ask, name):
    left, right = (points(300, True, 200, seed=seed) for seed in (1, 2))
    # Terms of a like size, which cancel, and ones that are far apart.
    left += [(m, e) for m, e in right[:50]]
    right += [(-3 * m - 1, 0) if m == -1 else (-m - 1, e) for m, e in right[:50]]
    operations = {
        "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b, "max": max, "min": min,
    }  # fmt: skip
    asked = [[[str(m), e] for m, e in pair] for pair in zip(left, right, strict=True)]
    found = ask("enclosures", function=name, precision=40, inputs=asked)
    for a, b, (low, high) in zip(left, right, found, strict=True):
        exact = operations[name](fraction(a), fraction(b))
        ends = [fraction((int(m), e)) for m, e in (low, high)]
        assert ends[0] <= exact <= ends[1], (a, b)
        assert ends[1] - ends[0] <= abs(exact) * Fraction(2) ** -38, (a, b)


def of_balls(name, x):
    match name:
        case "multiply":
            return x[0] * x[1]
        case "divide":
            return x[0] / x[1]
        case "abs":
            return abs(x[0])
    return getattr(x[0], name)()


@pytest.mark.parametrize("name", ["multiply", "divide", "exp", "tanh", "erfc", "log", "abs"])
def test_intervals_contain_the_values_of_all_between(ask, name):
    arguments = 2 if name in ("multiply", "divide") else 1
    ends = [
        sorted(pair, key=fraction)
        for pair in zip(points(6, True, 120, 3), points(6, True, 120, 4), strict=True)
    ]
    if name == "log":
        ends = [pair for pair in ends if pair[0][0] > 0]
    asked = [ends[at : at + arguments] for at in range(0, len(ends), arguments)]
    found = ask(
        "wide", function=name, precision=60,
        inputs=[[[[str(m), e] for m, e in pair] for pair in pairs] for pairs in asked],
    )  # fmt: skip
    before, ctx.prec = ctx.prec, 1000
    try:
        for pairs, (low, high) in zip(asked, found, strict=True):
            for share in (Fraction(0), Fraction(1, 3), Fraction(9, 10), Fraction(1)):
                between = [fraction(a) + share * (fraction(b) - fraction(a)) for a, b in pairs]
                if name == "divide" and (between[1] == 0 or end(low) == arb.neg_inf()):
                    continue
                exact = of_balls(name, [arb(v.numerator) / v.denominator for v in between])
                assert not end(low) > exact, pairs
                assert not end(high) < exact, pairs
    finally:
        ctx.prec = before


def test_powers_are_products(ask):
    for exponent in (-3, -2, 0, 1, 2, 3, 7):
        asked = points(20, True, 40, seed=exponent + 10)
        found = ask(
            "enclosures", function="power", precision=50,
            inputs=[[[str(m), e], [str(exponent), 0]] for m, e in asked],
        )  # fmt: skip
        for pair, (low, high) in zip(asked, found, strict=True):
            exact = fraction(pair) ** exponent
            assert fraction((int(low[0]), low[1])) <= exact <= fraction((int(high[0]), high[1]))


def test_pi_to_ten_thousand_bits(ask):
    for precision in (64, 10_000, 300):  # a constant that is kept serves smaller precisions too
        ((low, high),) = ask("enclosures", function="pi", precision=precision, inputs=[[]])
        before, ctx.prec = ctx.prec, 11_000
        try:
            assert end(low) < arb.pi() < end(high)
            assert end(high) - end(low) < arb(2) ** (4 - precision)
        finally:
            ctx.prec = before


def test_a_divisor_that_may_be_zero_says_nothing(ask):
    ((low, high),) = ask(
        "wide", function="divide", precision=60,
        inputs=[[[["1", 0], ["1", 0]], [["-1", 0], ["1", 0]]]],
    )  # fmt: skip
    assert (low, high) == (["-1", "inf"], ["1", "inf"])


def test_exponents_beyond_all_use_stay_enclosures(ask):
    # exp(2**100) is only said to be above 2**2**40; exp(-2**100) between 0 and 1 over that.
    (up, down) = ask(
        "enclosures", function="exp", precision=60, inputs=[[["1", 100]], [["-1", 100]]]
    )
    assert up == [["1", 2**40], ["1", "inf"]]
    assert down == [["0", 0], ["1", -(2**40)]]
