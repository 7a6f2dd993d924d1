"""Deep networks: which pairs of activation and initialization each table of their page is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from actinit.conformance.results.depth import Agreement, DepthReport, Fate, Pair

from .numbers import power

__all__ = [
    "Compared",
    "activations",
    "change",
    "compared",
    "dying",
    "listed",
    "outside_float32",
    "pairs_of",
    "starts",
    "strays",
]


@dataclass(frozen=True)
class Compared:
    """A backend beside the reference: the networks that agree, and those that do not."""

    backend: str
    agreeing: list[Agreement] = field(default_factory=list)
    apart: list[tuple[Pair, Agreement]] = field(default_factory=list)

    @property
    def networks(self) -> int:
        """How many networks were compared."""
        return len(self.agreeing) + len(self.apart)

    @property
    def within(self) -> float:
        """To within what those that agree do; 0 if there are none."""
        return max((one.largest for one in self.agreeing), default=0.0)


def activations(run: DepthReport) -> list[str]:
    """Return the activations that were simulated, in order."""
    return list(dict.fromkeys(pair.activation for pair in run.pairs))


def starts(run: DepthReport) -> list[str]:
    """Return the initializations that were simulated, in order."""
    return list(dict.fromkeys(pair.start for pair in run.pairs))


def pairs_of(run: DepthReport, activation: str) -> list[Pair]:
    """Return the networks of an activation, one for each initialization."""
    return [pair for pair in run.pairs if pair.activation == activation]


def change(fate: Fate, factor: float) -> str:
    """Write by what a norm changes: a power of ten, where it is neither kept nor cut off."""
    if fate in ("kept", "cut off"):
        return fate
    return power(10, int(f"{factor:.0e}".split("e")[1]))


def outside_float32(run: DepthReport) -> list[Pair]:
    """Return the networks whose signal or gradient leaves the numbers of float32."""
    return [
        pair for pair in run.pairs if pair.signal_leaves_float32 or pair.gradient_leaves_float32
    ]


def dying(run: DepthReport) -> Iterator[tuple[str, list[Pair], list[Pair]]]:
    """Yield each activation whose units die with its networks, and those that theory describes.

    A network of zeros, which theory does not describe, has no units that could die.
    """
    for name in activations(run):
        pairs = pairs_of(run, name)
        described = [pair for pair in pairs if pair.theory]
        if any(pair.dead and pair.dead[-1] > 0 for pair in described):
            yield name, pairs, described


def compared(run: DepthReport) -> list[Compared]:
    """Return each backend that was compared, with its agreements."""
    found = {one.backend: Compared(one.backend) for one in run.pairs[0].agreements}
    for pair in run.pairs:
        for one in pair.agreements:
            if one.backend in found:
                backend = found[one.backend]
                if one.agrees:
                    backend.agreeing.append(one)
                else:
                    backend.apart.append((pair, one))
    return list(found.values())


def listed(run: DepthReport) -> list[tuple[str, str, str]]:
    """Return what entries say of networks that do not agree: activation, backend and sentence."""
    found = (
        (pair.activation, one.backend, one.listed)
        for pair in run.pairs
        for one in pair.agreements
        if not one.agrees and one.listed
    )
    return list(dict.fromkeys(found))


def strays(run: DepthReport) -> float:
    """Return how far a network is from theory at most, as a part of what its width allows."""
    return max(pair.theory.strays for pair in run.pairs if pair.theory)
