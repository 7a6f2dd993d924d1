"""Functions of floats and pairs are as good as their table says, by ball arithmetic (Arb)."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, ctx

from actinit.reference.arithmetic import _wide, elements, functions
from actinit.reference.arithmetic.functions import PAIR_UNIT, UNIT
from actinit.reference.arithmetic.pairs import Pair

_RNG = np.random.default_rng(12)
_NEGATIVE = -np.concatenate([
    _RNG.uniform(0, 1, 1000), _RNG.uniform(1, 60, 1000), _RNG.uniform(60, 700, 1000),
    2.0 ** -np.linspace(0, 60, 500),
    # Half-way between the entries of a table, where the series is longest, and beside.
    (np.arange(500) + 0.5) * np.log(2) / 256,
])  # fmt: skip
_UNIT_INTERVAL = np.concatenate([
    _RNG.uniform(0, 1, 2000), 2.0 ** -np.linspace(0, 60, 500), (np.arange(256) + 0.5) / 256,
])  # fmt: skip
_POSITIVE = np.concatenate([_RNG.uniform(0, 56, 2000), 2.0 ** -np.linspace(0, 60, 200)])
_MILLS_FACTOR = 0.5
_UP_TO_AN_EIGHTH = np.concatenate([_RNG.uniform(0, 0.125, 2000), 2.0 ** -np.linspace(3, 300, 500)])
_OF_ALL_SIZES = 2.0 ** _RNG.uniform(-900, 900, 2000)
_UP_TO_A_HALF = np.concatenate([_RNG.uniform(0, 0.5, 2000), 2.0 ** -np.linspace(1, 300, 500)])


def _mills(x):
    return (x / arb(2).sqrt()).erfc() * (x * x / 2).exp() * _MILLS_FACTOR


def _erf_integral(x):
    return x.erf() * arb.pi().sqrt() / 2


def _sinh_gap(x):
    # The difference loses twice as many bits as x has zeros.
    with ctx.workprec(1500):
        return (x * x.cosh() - x.sinh()) / x**3


#: Function: inputs, exact function, bound in units of floats and of pairs.
_TABLE = {
    "exp": (_NEGATIVE, arb.exp, 0.6, 0.7),
    "expm1": (_NEGATIVE, arb.expm1, 1.5, 0.5),
    "log1p": (_UNIT_INTERVAL, arb.log1p, 2, 0.5),
    "mills": (_POSITIVE, _mills, 1.1, 0.5),
    "erf_integral": (_UP_TO_AN_EIGHTH, _erf_integral, 1.1, 0.5),
    "root": (_OF_ALL_SIZES, arb.sqrt, 0.5, 0.5),
    "sinh_gap": (_UP_TO_A_HALF, _sinh_gap, 1.1, 0.5),
}


@pytest.fixture(autouse=True)
def _bits():
    before = ctx.prec
    ctx.prec = 300
    yield
    ctx.prec = before


def _error(found, power, exact, x, low):
    """Return the largest relative error."""
    high, rest = (found.high, found.low) if isinstance(found, Pair) else (found, 0 * found)
    columns = (x, low, high, rest, np.broadcast_to(power, x.shape))
    return max(
        abs(float((arb(a) + arb(b)) * arb(2) ** int(k) / exact(arb(y) + arb(z)) - 1))
        for y, z, a, b, k in zip(*(column.tolist() for column in columns), strict=True)
    )


def _plain(result):
    scaled = isinstance(result, functions.Scaled)
    return (result.number, result.power) if scaled else (result, 0)


@pytest.mark.parametrize("name", _TABLE)
def test_of_floats(name):
    x, exact, bound, _ = _TABLE[name]
    assert _error(*_plain(getattr(functions, name)(x)), exact, x, 0 * x) <= bound * UNIT


@pytest.mark.parametrize("name", _TABLE)
def test_of_pairs(name):
    x, exact, _, bound = _TABLE[name]
    # Of a pair mills sees the high part alone.
    low = np.spacing(x) * _RNG.uniform(-0.5, 0.5, x.size) * (name != "mills")
    found, power = _plain(getattr(functions, name)(Pair(x, low)))
    assert _error(found, power, exact, x, low) <= bound * PAIR_UNIT


def test_of_wide_pairs():
    low = np.spacing(_NEGATIVE) * _RNG.uniform(-0.5, 0.5, _NEGATIVE.size)
    found = _wide.exp(Pair(_NEGATIVE, low))
    assert _error(found.number, found.power, arb.exp, _NEGATIVE, low) <= 2.0**-97


def test_exponentials_of_rows():
    """Of distances from a maximum: in floats to 1.1 units, also where a distance is rounded."""
    x = _NEGATIVE[_NEGATIVE > -690]
    top = _RNG.uniform(0, 10, x.size)
    at = elements.at_float(x, top, False, 0.0)
    assert (at.left != 0).any()
    assert _error(at.exp.number, 0, arb.exp, at.distance, at.left) <= 1.1 * UNIT
    with np.errstate(invalid="ignore"):
        far = elements.at_float(np.array([-1e300, -np.inf]), np.array([1e284, 1e290]), False, 0.0)
    assert (far.exp.number <= 2.0**-1021).all()


def test_the_table_is_the_documentation():
    for name, (_, _, floats, pairs) in _TABLE.items():
        assert f"`{name}`" in functions.__doc__
        line = next(line for line in functions.__doc__.splitlines() if line.startswith(f"`{name}`"))
        assert [float(word) for word in line.split() if word.replace(".", "").isdigit()][-2:] == [
            floats,
            pairs,
        ]
