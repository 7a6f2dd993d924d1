"""How small an error the statistics are sure to see: the power of each test, by simulation.

``actinit compute power`` draws from distributions with one fault each, at the size
of a run, and counts how often the fault is caught, in both stages. Beside it stands what theory
says: by how many standard errors the fault moves the statistic of the first stage, and how probable
it is that it then passes the mark. Where a count decides (weights beyond a bound, rows that are
repeated), the power is that of drawing at least one; where a stream's counts are held against a
binomial distribution, it is that of as many as both stages take, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from ..formats import FORMATS
from ..initializers import examine, matrices, rare
from ..initializers.goodness import Verdict, between, variance
from ..initializers.plan import DEFAULT, DOUBT, LARGER, THOROUGH, Size, settled
from ..initializers.sample import Sample
from ..initializers.standard import Standard
from ..results.machine import this_machine
from ..results.power import Power, PowerRow

__all__ = ["FAULTS", "Fault", "compute", "theory"]

Floats = NDArray[np.float64]
Generator = np.random.Generator

_NORMAL, _UNIFORM = stats.norm(loc=0, scale=1), stats.uniform(loc=-1, scale=2)
_CUT = stats.truncnorm(-2, 2, loc=0, scale=1)
_HARDLY_CUT = stats.truncnorm(-1000, 1000, loc=0, scale=1)
# Of a stream only the outermost draws of either side are simulated: no more of them are counted.
_FAR = 4e-5
# And so many more runs of it.
_MORE = 20
# Shares of a bell on one side of a cut at two standard deviations, and on both.
_TAIL, _TAILS = float(special.ndtr(-2)), float(2 * special.ndtr(-2))
# The old truncation of PyTorch took the quantile of 0, once in so many draws.
_INFINITE = 2.0**-25
# Standard errors at which a two-sided test is in doubt.
_MARK = -special.ndtri(DOUBT / 2)


@dataclass(frozen=True)
class Fault:
    """Something that is wrong with a sampler.

    Attributes
    ----------
    what : str
        In a few words.
    about, test : str
        The check, and the test in it, that are meant to see it.
    distribution : scipy.stats frozen distribution
        What should be drawn.
    drawn : callable
        Takes a generator and a shape; returns what is drawn.
    shift : callable or None
        Takes the number of weights; returns by how many standard errors the statistic moves. None
        where an event decides.
    rate : float
        Of the event, per weight; 0 where a shift decides.
    size : Size
        Of the run.
    """

    what: str
    about: str
    test: str
    distribution: Any
    drawn: Callable[[Generator, tuple[int, int]], Floats]
    shift: Callable[[int], float] | None = None
    rate: float = 0.0
    size: Size = DEFAULT


def _scaled(factor: float) -> Callable[[Generator, tuple[int, int]], Floats]:
    return lambda rng, shape: factor * rng.standard_normal(shape)


def _cut(at: float, scale: float = 1.0) -> Callable[[Generator, tuple[int, int]], Floats]:
    tail = special.ndtr(-at)
    return lambda rng, shape: scale * special.ndtri(rng.uniform(tail, 1 - tail, shape))


def _leaking(rate: float) -> Callable[[Generator, tuple[int, int]], Floats]:
    def drawn(rng: Generator, shape: tuple[int, int]) -> Floats:
        return np.where(rng.random(shape) < rate, 2.5, _cut(2.0)(rng, shape))

    return drawn


def _neighbours(rng: Generator, shape: tuple[int, int]) -> Floats:
    z = rng.standard_normal(shape)
    z[:, 1:] = math.sqrt(1 - 1e-4) * z[:, 1:] + 0.01 * z[:, :-1].copy()
    return z


def _repeated(rng: Generator, shape: tuple[int, int]) -> Floats:
    z = rng.standard_normal(shape)
    again = np.flatnonzero(rng.random(shape[0] - 1) < 1e-3) + 1
    z[again] = z[again - 1]
    return z


def _coarse(rng: Generator, shape: tuple[int, int]) -> Floats:
    return (rng.integers(0, 2**12, shape) + 0.5) / 2**11 - 1


def _beside(
    distribution: Any, rate: float, number: float
) -> Callable[[Generator, tuple[int, int]], Floats]:
    """Return what draws a distribution, with one number now and then: only what lies far out."""

    def drawn(rng: Generator, shape: tuple[int, int]) -> Floats:
        size = math.prod(shape)
        low, high = (rng.random(rng.binomial(size, _FAR)) * _FAR for _ in range(2))
        others = np.full(rng.binomial(size, rate), number)
        return np.concatenate([distribution.ppf(low), distribution.isf(high), others])

    return drawn


def _variance_shift(factor: float, distribution: Any) -> Callable[[int], float]:
    spread = Standard(distribution).power(2)[1]
    return lambda n: abs(factor**2 - 1) * math.sqrt(n) / spread


# The variance that is left by a cut at two standard deviations.
_LEFT = float(_CUT.var())
_FAN_SWAP = math.sqrt(784 / 128)

FAULTS = (
    Fault("scale off by 1 %", "moments", "variance", _NORMAL, _scaled(1.01),
          _variance_shift(1.01, _NORMAL)),
    Fault("scale off by 0.1 %", "moments", "variance", _NORMAL, _scaled(1.001),
          _variance_shift(1.001, _NORMAL), size=THOROUGH),
    Fault("mean off by 0.5 % of the standard deviation", "moments", "mean", _NORMAL,
          lambda rng, shape: rng.standard_normal(shape) + 0.005,
          lambda n: 0.005 * math.sqrt(n)),
    Fault("fan_in and fan_out swapped at (784, 128)", "fans", "variance", _NORMAL,
          _scaled(_FAN_SWAP), lambda n: (784 / 128 - 1) * math.sqrt(n / 2),
          size=Size("a kernel", 0, 0, 0)),
    Fault("tails cut and the variance not corrected", "moments", "variance",
          stats.truncnorm(-2, 2, loc=0, scale=_LEFT**-0.5), _cut(2.0),
          _variance_shift(_LEFT**0.5, _CUT)),
    Fault("variance corrected twice", "moments", "variance", _CUT, _cut(2.0, _LEFT**-0.5),
          _variance_shift(_LEFT**-0.5, _CUT)),
    Fault("a uniform distribution of the variance of a normal one", "distribution",
          "kolmogorov_smirnov", _NORMAL, lambda rng, shape: rng.uniform(-(3**0.5), 3**0.5, shape),
          # The largest distance between the two, over the deviation of the empirical distribution
          # there.
          lambda n: 0.0572 * math.sqrt(n) / 0.5),
    Fault("tails cut at 2.1 for 2 standard deviations", "bounds", "outside", _CUT, _cut(2.1),
          rate=float(2 * (special.ndtr(-2) - special.ndtr(-2.1)))),
    Fault("a cut that leaks once in 100,000", "bounds", "outside", _CUT, _leaking(1e-5),
          rate=1e-5),
    Fault("a bound exceeded once in a million", "bounds", "outside", _CUT, _leaking(1e-6),
          rate=1e-6),
    Fault("neighbours correlated by 0.01", "independence", "in_rows", _NORMAL, _neighbours,
          lambda n: 0.01 * math.sqrt(n)),
    Fault("one row in a thousand repeated", "independence", "rows", _NORMAL, _repeated,
          rate=1e-3 / DEFAULT.side),
    Fault("2**12 distinct values", "values", "collisions", _UNIFORM, _coarse,
          # Pairs that agree, over the deviation of their number.
          lambda n: n / math.sqrt(2 * 2**12)),
    Fault("a rotation without the sign fix", "haar", "determinant", None,
          lambda rng, shape: np.linalg.qr(rng.standard_normal(shape))[0],
          # LAPACK's seven reflections of each matrix leave the determinant at -1, always.
          rate=1.0),
    Fault("one draw in ten million 7 standard deviations out", "stream", "upper_7", _NORMAL,
          _beside(_NORMAL, 1e-7, 7.0), rate=1e-7, size=THOROUGH),
    Fault("one draw in a hundred million 7 standard deviations out", "stream", "upper_7", _NORMAL,
          _beside(_NORMAL, 1e-8, 7.0), rate=1e-8, size=replace(THOROUGH, stream=2**30)),
    Fault("a bound 1,000 standard deviations out, returned once in 2**25 draws", "stream",
          "lower_end", _HARDLY_CUT, _beside(_HARDLY_CUT, _INFINITE, -1000.0), rate=_INFINITE,
          size=THOROUGH),
    Fault("tails clipped to the bounds, not drawn again", "stream", "upper_end", _CUT,
          _beside(_CUT, _TAIL, 2.0), rate=_TAIL, size=THOROUGH),
    Fault("a bound returned after four tries outside", "stream", "upper_end", _CUT,
          _beside(_CUT, _TAIL * _TAILS**3, 2.0), rate=_TAIL * _TAILS**3, size=THOROUGH),
)  # fmt: skip


def draws(fault: Fault) -> int:
    """Return how many weights, or matrices, the first stage looks at."""
    if fault.about == "fans":
        return 784 * 128
    if fault.about == "stream":
        return fault.size.stream
    if fault.about in ("distribution", "values"):  # of the first tensor
        return fault.size.side**2
    return fault.size.matrices if fault.about == "haar" else fault.size.weights


def theory(fault: Fault) -> tuple[float | None, float]:
    """Return the shift in standard errors, and the probability that the first stage sees it.

    The second stage, with four times the draws, sees what the first has seen but for a probability
    that is smaller yet.
    """
    n = draws(fault)
    if fault.about == "stream":
        return None, _counted(fault, n) * _counted(fault, LARGER * n)
    if fault.shift is None:
        return None, -math.expm1(-fault.rate * n)
    shift = fault.shift(n)
    return shift, float(special.ndtr(shift - _MARK))


def _counted(fault: Fault, size: int) -> float:
    """Return the probability that a count of so many draws is in doubt, exactly."""
    expected = rare.events(Standard(fault.distribution), FORMATS["float32"])
    (event,) = (each for each in expected if each.name == fault.test)
    rate = event.due + fault.rate
    # The least count that is more than enough; p falls with the count from the expected one on.
    low, high = int(size * event.most), int(size * event.most) + 2
    while between(high, size, event.least, event.most).p >= DOUBT:
        high = 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        seen = between(middle, size, event.least, event.most).p < DOUBT
        low, high = (low, middle) if seen else (middle, high)
    return float(special.betainc(high, size - high + 1, rate))


def compute(runs: int = 20) -> Power:
    """Simulate every fault.

    Parameters
    ----------
    runs : int
        Of the suite on each; of passes over rare events twenty times as many.
    """
    machine = this_machine()
    rows = []
    for number, fault in enumerate(FAULTS):
        rng = np.random.Generator(np.random.PCG64(number))
        shift, power = theory(fault)
        made = runs * _MORE if fault.about == "stream" else runs
        caught = sum(_caught(fault, rng) for _ in range(made))
        rows.append(
            PowerRow(
                fault=fault.what, check=fault.about, test=fault.test, size=fault.size.name,
                draws=draws(fault), shift=None if shift is None else float(f"{shift:.3g}"),
                power=float(f"{power:.6g}"), caught=caught, runs=made,
            )
        )  # fmt: skip
    return Power(
        versions={name: version(name) for name in ("numpy", "scipy")},
        machine=machine, date=datetime.now(UTC).isoformat(timespec="seconds"),
        doubt=DOUBT, rows=rows,
    )  # fmt: skip


def _caught(fault: Fault, rng: Generator) -> bool:
    """Make one run on a sampler with the fault; say whether the test that is meant for it fails."""
    if fault.about == "haar":
        return fault.test in settled(lambda stage: matrices.haar(_rotations(fault, rng, stage)))[1]
    if fault.about == "fans":
        return bool(settled(lambda stage: _kernels(fault, rng, stage))[1])
    distribution = Standard(fault.distribution)
    if fault.about == "stream":
        return fault.test in settled(lambda stage: _streamed(fault, rng, distribution, stage))[1]

    def sample(stage: int) -> Sample:
        shape = (fault.size.side, fault.size.side)
        count = fault.size.tensors * LARGER**stage
        return Sample((fault.drawn(rng, shape) for _ in range(count)), distribution, "float64")

    if fault.about == "bounds":
        return sample(0).summary.outside > 0
    if fault.test == "rows":
        return sample(0).repeated()["rows"] > 0
    return fault.test in settled(lambda stage: examine.EVERY[fault.about](sample(stage)))[1]


def _streamed(
    fault: Fault, rng: Generator, distribution: Standard, stage: int
) -> Mapping[str, Verdict]:
    size = fault.size.stream * LARGER**stage
    drawn = fault.drawn(rng, (1, size)).astype(np.float32)
    expected = rare.events(distribution, FORMATS["float32"])
    counts = [int(np.sum((drawn >= one.low) & (drawn <= one.high))) for one in expected]
    # Of the fourth moment no fault here is to be seen by.
    return rare.tests(expected, counts, size, size * distribution.power(4)[0], distribution)


def _rotations(fault: Fault, rng: Generator, stage: int) -> Floats:
    matrix = [fault.drawn(rng, (8, 8)) for _ in range(fault.size.matrices * LARGER**stage)]
    return np.stack(matrix)


def _kernels(fault: Fault, rng: Generator, stage: int) -> dict[str, Verdict]:
    drawn = fault.drawn(rng, (784 * LARGER**stage, 128))
    return {"variance": variance(drawn, fault.distribution)}
