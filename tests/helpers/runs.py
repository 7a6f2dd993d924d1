"""Complete runs of the statistical suite on the reference, for a process of its own."""

from __future__ import annotations

from actinit import spec
from actinit.conformance import initializers as statistics
from actinit.conformance.initializers import plan
from helpers.samplers import Sampler

# What is no matter of chance, and takes the longest.
CERTAIN = ("orthogonality", "places", "/zeros", "defaults", "gains", "again", "threads")


class Another(Sampler):
    """The reference with other seeds in each run."""

    def __init__(self, run):
        self._run = run

    def source(self, entry, dtype, seed, parameters):
        return super().source(entry, dtype, [seed, self._run], parameters)


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
    every = checks()
    found, made = [], 0
    for number in numbers:
        adapter = Another(number)
        for check in every:
            # Hundreds of small tensors each, most of the draws of a run.
            if check.id.endswith("/shapes") and number % 8 >= 2:
                continue
            outcome = check.run(adapter)
            made += 1
            if not outcome.conforms:
                found.append((number, check.id, outcome.message))
    return found, made
