"""How small an error the statistics are sure to see: the power of each test, by simulation.

``actinit compute power`` draws from distributions with one fault each, at the size
of a run, and counts how often the fault is caught, in both stages. Beside it stands what theory
says: by how many standard errors the fault moves the statistic of the first stage, and how probable
it is that it then passes the mark. Where a count decides (weights beyond a bound, rows that are
repeated), the power is that of drawing at least one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from ..initializers import examine, matrices
from ..initializers.goodness import Verdict, variance
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
)  # fmt: skip


def draws(fault: Fault) -> int:
    """Return how many weights, or matrices, the first stage looks at."""
    if fault.about == "fans":
        return 784 * 128
    if fault.about in ("distribution", "values"):  # of the first tensor
        return fault.size.side**2
    return fault.size.matrices if fault.about == "haar" else fault.size.weights


def theory(fault: Fault) -> tuple[float | None, float]:
    """Return the shift in standard errors, and the probability that the first stage sees it.

    The second stage, with four times the draws, sees what the first has seen but for a probability
    that is smaller yet.
    """
    n = draws(fault)
    if fault.shift is None:
        return None, -math.expm1(-fault.rate * n)
    shift = fault.shift(n)
    return shift, float(special.ndtr(shift - _MARK))


def compute(runs: int = 20) -> Power:
    """Simulate every fault.

    Parameters
    ----------
    runs : int
        Of the suite on each.
    """
    machine = this_machine()
    rows = []
    for number, fault in enumerate(FAULTS):
        rng = np.random.Generator(np.random.PCG64(number))
        shift, power = theory(fault)
        caught = sum(_caught(fault, rng) for _ in range(runs))
        rows.append(
            PowerRow(
                fault=fault.what, check=fault.about, test=fault.test, size=fault.size.name,
                draws=draws(fault), shift=None if shift is None else float(f"{shift:.3g}"),
                power=float(f"{power:.6g}"), caught=caught, runs=runs,
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

    def sample(stage: int) -> Sample:
        shape = (fault.size.side, fault.size.side)
        count = fault.size.tensors * LARGER**stage
        return Sample((fault.drawn(rng, shape) for _ in range(count)), distribution, "float64")

    if fault.about == "bounds":
        return sample(0).summary.outside > 0
    if fault.test == "rows":
        return sample(0).repeated()["rows"] > 0
    return fault.test in settled(lambda stage: examine.EVERY[fault.about](sample(stage)))[1]


def _rotations(fault: Fault, rng: Generator, stage: int) -> Floats:
    matrix = [fault.drawn(rng, (8, 8)) for _ in range(fault.size.matrices * LARGER**stage)]
    return np.stack(matrix)


def _kernels(fault: Fault, rng: Generator, stage: int) -> dict[str, Verdict]:
    drawn = fault.drawn(rng, (784 * LARGER**stage, 128))
    return {"variance": variance(drawn, fault.distribution)}
