"""Judges that share no code with Arb or with us: MPFR through gmpy2, and crfix.

Neither is needed for anything else: pip install gmpy2 crfix.
"""

from __future__ import annotations

import numpy as np
import pytest

from actinit import reference as ref
from actinit.conformance.expected.hard_cases import file_of, hard_cases


def logistic(g, x):
    return 1 / (1 + g.exp(-x))


def normal_cdf(g, x):
    return g.erfc(-x / g.sqrt(g.mpfr(2))) / 2


def normal_density(g, x):
    return g.exp(-x * x / 2) / g.sqrt(2 * g.const_pi())


#: Composed of what MPFR rounds correctly at its own precision.
MPFR = {
    ("sigmoid", "value"): logistic,
    ("sigmoid", "derivative"): lambda g, x: logistic(g, x) * logistic(g, -x),
    ("tanh", "value"): lambda g, x: g.tanh(x),
    ("tanh", "derivative"): lambda g, x: 1 / g.cosh(x) ** 2,
    ("silu", "value"): lambda g, x: x * logistic(g, x),
    ("silu", "derivative"): lambda g, x: logistic(g, x) * (1 + x * logistic(g, -x)),
    ("softplus", "value"): lambda g, x: g.log1p(g.exp(x)),
    ("softplus", "derivative"): logistic,
    ("elu", "value"): lambda g, x: x if x > 0 else g.expm1(x),
    ("elu", "derivative"): lambda g, x: g.mpfr(1) if x > 0 else g.exp(x),
    ("gelu", "value"): lambda g, x: x * normal_cdf(g, x),
    ("gelu", "derivative"): lambda g, x: normal_cdf(g, x) + x * normal_density(g, x),
    ("mish", "value"): lambda g, x: x * g.tanh(g.log1p(g.exp(x))),
}


@pytest.mark.parametrize(("name", "part"), MPFR)
def test_mpfr_agrees_on_the_hard_cases(name, part):
    gmpy2 = pytest.importorskip("gmpy2")
    if not file_of(name).exists():
        pytest.skip(f"no hard cases of {name} are known")
    rows = hard_cases(name).cases[part]["float64"]
    # Between 2**-1074 and 1 the sums above cancel as many bits.
    with gmpy2.context(precision=2600, emin=-(2**30), emax=2**30):
        got = [float(MPFR[name, part](gmpy2, gmpy2.mpfr(float.fromhex(x)))) for x, _, _ in rows]
    assert [x.hex() for x in got] == [float.fromhex(value).hex() for _, value, _ in rows]


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "silu", "gelu"])
def test_crfix_agrees(name):
    """Integers times 2**-26 to integers times 2**-28: the reference's float64, rounded again."""
    crfix = pytest.importorskip("crfix")
    x = np.random.default_rng(8).integers(-(2**29), 2**29, 200_000, dtype=np.int32)
    bits = 27 if name in ("silu", "gelu") else 30
    theirs = getattr(crfix, name)(x, fin=26, fout=bits, bits=32)
    exact = getattr(ref, name)(x * 2.0**-26) * 2.0**bits
    # 2**-22 beside a middle a second rounding would not be sure.
    sure = np.abs(exact - np.floor(exact) - 0.5) > 2.0**-20
    assert sure.mean() > 0.999
    assert np.array_equal(theirs[sure], np.rint(exact[sure]).astype(np.int64))
