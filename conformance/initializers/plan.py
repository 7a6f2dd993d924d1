"""The plan that keeps false alarms rare, and the sizes of samples.

A test says how probable its statistic is if the distribution is right: its p-value. A run on one
backend makes some thousand tests, and a right backend must not be accused by chance. So there are
two stages. Where p is below `DOUBT`, the test is made again, with other seeds and four times as
many draws; only what is then below `DOUBT` again fails. If the distribution is right the two are
independent, so that a test fails with a probability of ``DOUBT**2`` at most, and by Bonferroni's
inequality some test of `MOST_TESTS` with one of `FAMILY_WISE` at most. A test of the suite counts
the tests.

Nothing is drawn again to confirm what is beyond `CERTAIN`, as nearly all is that is a finding of a
framework: a second stage would cost four times the first and could not say more. That adds to the
risk what no sum of probabilities shows. It is not set at ``DOUBT**2``, which would do if p-values
were exact, but where an approximation that errs by many orders of magnitude is still right.

Two stages see more than one: an alarm that must be right at once has to wait for p < 1e-10, or 6.5
standard errors; here 4.4 are enough to look again, and what looks again has twice the resolution.

What cannot happen by chance (a weight beyond the bound, or one that is nan) needs no stage.

Seeds are fixed, so that a version of a backend that passes once passes always: the risk is taken
once per version, not once per run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .goodness import Verdict

__all__ = [
    "CERTAIN",
    "DEFAULT",
    "DOUBT",
    "FAMILY_WISE",
    "FEWEST",
    "LARGER",
    "MOST",
    "MOST_TESTS",
    "REDUCED",
    "THOROUGH",
    "Size",
    "settled",
    "size_of",
    "stage_of",
]

#: p-value below which a test is made again, and below which it then fails.
DOUBT = 1e-5
#: p-value below which a test fails at once.
CERTAIN = 1e-30
#: Tests that a run may make.
MOST_TESTS = 10_000
#: Probability that a run on a right backend, with all its tests, calls anything wrong.
FAMILY_WISE = MOST_TESTS * (DOUBT**2 + CERTAIN)
#: How many times as much is drawn in the second stage.
LARGER = 4

#: Draws of a distribution that may be asked for in the pass over rare events.
FEWEST, MOST = 2**22, 2**40

Tests = Mapping[str, Verdict]


@dataclass(frozen=True)
class Size:
    """How much is drawn.

    Attributes
    ----------
    name : str
        What it is called.
    side : int
        Rows, and columns, of a tensor.
    tensors : int
        How many of them, with successive seeds, make a sample.
    matrices : int
        How many small random rotations are drawn.
    divisor : int
        What the sizes of other kernels, and how many small tensors are drawn, are divided by.
    stream : int
        Weights of each distribution in which rare events are counted; 0 for no such pass.
    """

    name: str
    side: int
    tensors: int
    matrices: int
    divisor: int = 1
    stream: int = 0

    def of(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Return a kernel's sizes with fewer channels; the places stay."""
        return {
            letter: size // self.divisor if letter in "io" else size
            for letter, size in sizes.items()
        }

    @property
    def weights(self) -> int:
        """Weights of a sample."""
        return self.side**2 * self.tensors


#: 2**23 weights: a bound that is exceeded once in a million is missed with probability 2e-4.
DEFAULT = Size("default", side=1024, tensors=8, matrices=512)
#: 2**25 weights: a scale that is off by 0.1 % shows; and 2**28 in which rare events are counted.
THOROUGH = Size("thorough", side=1024, tensors=32, matrices=2048, stream=2**28)
#: For the thousand runs of the suite on the reference, in which nothing may fail.
REDUCED = Size("reduced", side=32, tensors=2, matrices=32, divisor=4, stream=2**12)


def size_of(*, thorough: bool, draws: int | None = None) -> Size:
    """Return how much a run draws.

    Parameters
    ----------
    thorough : bool
        Whether it is the thorough one.
    draws : int, optional
        Of each distribution in the pass over rare events, of a thorough run.

    Raises
    ------
    ValueError
        If draws are stated for another run, are fewer than a tensor of the pass has, or more than a
        machine draws in weeks.
    """
    size = THOROUGH if thorough else DEFAULT
    if draws is None:
        return size
    if not thorough:
        raise ValueError("a number of draws goes with --thorough: nothing is streamed without it")
    if not FEWEST <= draws <= MOST:
        raise ValueError(
            f"expected a number of draws from {FEWEST:,} (2^22) to {MOST:,} (2^40), not {draws:,}; "
            f"{THOROUGH.stream:,} (2^28) if nothing is said"
        )
    return replace(size, stream=draws)


def settled(tests: Callable[[int], Tests]) -> tuple[Tests, Tests]:
    """Make tests, and again those that are in doubt; none again if all of those are certain.

    Parameters
    ----------
    tests : callable
        Takes the stage, 0 or 1; draws with seeds of its own, in stage 1 `LARGER` times as much, and
        returns the tests by name.

    Returns
    -------
    first : mapping of str to Verdict
        All tests of the first stage.
    failing : mapping of str to Verdict
        Those that failed in both, as the second stage found them, or as the first did if there was
        no second; empty if there are none.
    """
    first = tests(0)
    doubtful = [name for name, test in first.items() if _doubtful(test)]
    if all(first[name].p < CERTAIN for name in doubtful):  # or there are none
        return first, {name: first[name] for name in doubtful}
    second = tests(1)
    return first, {name: second[name] for name in doubtful if _doubtful(second[name])}


def stage_of(first: Tests, failing: Tests) -> int:
    """Return the stage in which tests failed; both arguments as `settled` returns them."""
    return 0 if failing.items() <= first.items() else 1


def _doubtful(test: Verdict) -> bool:
    return not test.p >= DOUBT  # nan is no reason to believe anything
