"""Complete runs of the statistical suite on the reference, for a process of its own."""

from __future__ import annotations

from itertools import groupby

from actinit import spec
from actinit.conformance import initializers as statistics
from actinit.conformance.initializers import plan
from helpers.samplers import Sampler
from helpers.together import Together

# What is no matter of chance, and takes the longest.
CERTAIN = ("orthogonality", "places", "/zeros", "defaults", "gains", "again", "threads")


# So many runs are drawn together; more take longer than they gain, beyond the cache of a core.
TOGETHER = 16


class Another(Sampler):
    """The reference with other seeds in each run."""

    def __init__(self, run, together=None):
        self._run, self._together = run, together

    def source(self, entry, dtype, seed, parameters):
        if self._together is None:
            return super().source(entry, dtype, [seed, self._run], parameters)
        return self._together.source(self._run, entry, dtype, seed, parameters)


def checks():
    """Return the checks in which chance has a part, at reduced size."""
    return [
        check
        for entry in spec.initializers.values()
        for check in statistics.checks(entry, plan.REDUCED)
        if not any(word in check.id for word in CERTAIN)
    ]


def failures(numbers):
    """Return what failed in some runs, and how many checks were made.

    Small shapes are asked in a quarter of the runs.
    """
    every, numbers = checks(), list(numbers)
    # Hundreds of small tensors each, most of the draws of a run.
    small = [check for check in every if check.id.endswith("/shapes")]
    others = [check for check in every if check not in small]
    found, made = [], 0
    for asked, runs in ((others, numbers), (small, [run for run in numbers if run % 8 < 2])):
        for block in batched(runs, TOGETHER):
            outcomes = list(_outcomes(asked, block))
            made += len(outcomes)
            found += [
                (run, check.id, one.message) for run, check, one in outcomes if not one.conforms
            ]
    return sorted(found), made


def _outcomes(asked, block):
    """Yield what the checks say in each run of a block, whose draws are made together."""
    drawn = Together(block)
    adapters = {run: Another(run, drawn) for run in block}
    # Checks that look at one sample stay together, run by run: it is made once in each.
    for _, scope in groupby(asked, lambda check: check.id.rpartition("/")[0]):
        sharing = list(scope)
        for run, adapter in adapters.items():
            for check in sharing:
                yield run, check, check.run(adapter)


def batched(numbers, size):
    """Yield the numbers, so many at a time."""
    return (numbers[start : start + size] for start in range(0, len(numbers), size))
