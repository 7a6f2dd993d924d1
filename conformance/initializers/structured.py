"""The checks of initializers whose weights depend on each other, or are fixed by their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Initializer
from actinit.spec.distributions import DeltaOrthogonal, Dirac, Fourier, Identity, Orthogonal, Sparse

from ..check import Check, Finding, Outcome
from ..formats import ARITHMETIC
from ..snippets.weights import ALONE
from . import fourier, judges, repeats
from .asked import Sizes, asked_for, ordered, reordered
from .complaint import Complaint
from .draws import Draw
from .plan import Size
from .rotations import haar
from .sparse import sparse
from .whole_kernels import delta, dirac, identity, orthogonality, zeros

__all__ = ["checks"]

Floats = NDArray[np.float64]

# Square, tall and wide; as a convolution, tall and wide.
_MATRICES: Mapping[str, tuple[Sizes, ...]] = {
    "dense": ({"i": 256, "o": 256}, {"i": 384, "o": 128}, {"i": 128, "o": 384}),
    "conv2d": ({"h": 3, "w": 5, "i": 16, "o": 64}, {"h": 1, "w": 3, "i": 16, "o": 96}),
}
# Odd and even sizes: only the even ones tell where the centre is.
_KERNELS: Mapping[str, tuple[Sizes, ...]] = {
    "conv1d": ({"w": 5, "i": 16, "o": 24}, {"w": 4, "i": 16, "o": 24}),
    "conv2d": ({"h": 3, "w": 5, "i": 16, "o": 24}, {"h": 4, "w": 2, "i": 16, "o": 24}),
    "conv3d": ({"d": 3, "h": 1, "w": 5, "i": 6, "o": 9}, {"d": 2, "h": 3, "w": 4, "i": 6, "o": 9}),
}
# Frames and their frequencies: as many as the frame has, and more.
_FRAMES: Mapping[str, tuple[Sizes, ...]] = {
    "conv1d": ({"w": 32, "i": 1, "o": 17}, {"w": 25, "i": 1, "o": 33}),
}
# Enough to tell equal from unequal.
_FEW: Sizes = {"i": 256, "o": 256}


def checks(entry: Initializer, size: Size) -> Iterator[Check]:
    """Yield the checks of an initializer whose weights are not drawn one by one.

    Parameters
    ----------
    entry : Initializer
        The entry.
    size : Size
        How much is drawn.

    Yields
    ------
    Check
        With ids such as ``initializer/orthogonal/float32/haar``.
    """
    yield from _by_distribution(entry, size)
    if entry.seed == "decides":
        delta = isinstance(entry.distribution, DeltaOrthogonal)
        sizes = {"w": 1, **size.of(_FEW)} if delta else size.of(_FEW)
        yield from repeats.checks(
            asked_for(entry, "seed", "float32", sizes, "conv1d" if delta else "dense")
        )


def _by_distribution(entry: Initializer, size: Size) -> Iterator[Check]:
    match entry.distribution:
        case Orthogonal():
            yield _every(entry, "defaults", "float32", _MATRICES, orthogonality)
            for dtype in ARITHMETIC:
                yield _every(entry, f"{dtype}/orthogonality", dtype, _MATRICES, orthogonality)
            for dtype in ("float32", "float64"):
                yield haar(entry, dtype, size.matrices)
        case DeltaOrthogonal():
            yield _every(entry, "defaults", "float32", _KERNELS, delta)
            for dtype in ARITHMETIC:
                yield _every(entry, f"{dtype}/orthogonality", dtype, _KERNELS, delta)
            for dtype in ("float32", "float64"):
                yield haar(entry, dtype, size.matrices)
        case Identity():
            yield _every(entry, "defaults", "float32", _dense_only(), identity)
            for dtype in ARITHMETIC:
                yield _every(entry, f"{dtype}/places", dtype, _dense_only(), identity)
        case Dirac():
            yield _every(entry, "defaults", "float32", _KERNELS, dirac)
            for dtype in ARITHMETIC:
                yield _every(entry, f"{dtype}/places", dtype, _KERNELS, dirac)
        case Fourier():
            yield _every(entry, "defaults", "float32", _FRAMES, fourier.complain)
            for side in entry.options("side"):
                for dtype in ARITHMETIC:
                    path = f"{side}/{dtype}/values"
                    # No default, so that one that is ignored shows.
                    told = {
                        "side": side,
                        "window": "hamming",
                        "scaling": "spectrum",
                        "periodic": "yes",
                    }
                    yield _every(entry, path, dtype, _FRAMES, fourier.complain, told)
        case Sparse():
            for dtype in ARITHMETIC:
                yield _every(entry, f"{dtype}/zeros", dtype, _dense_only(), zeros)
            for dtype in ("float32", "float64"):
                yield sparse(entry, dtype, size)


def _dense_only() -> Mapping[str, tuple[Sizes, ...]]:
    return {"dense": _MATRICES["dense"]}


def _every(
    entry: Initializer,
    path: str,
    dtype: str,
    shapes: Mapping[str, tuple[Sizes, ...]],
    complain: Callable[[Draw, Floats], Complaint | None],
    choices: Mapping[str, str] = MappingProxyType({}),
) -> Check:
    """Return the check that a kernel of each shape gives no reason to complain."""
    told = [
        asked_for(entry, path, dtype, sizes, layer)
        for layer, some in shapes.items()
        for sizes in some
    ]
    draws = [replace(draw, parameters={**draw.parameters, **choices}) for draw in told]

    def run(adapter: Adapter) -> Outcome:
        wrong: list[Finding] = []
        for draw in (each.offered(adapter) for each in draws):
            drawn = draw.run(adapter)
            if bad := judges.nonfinite(drawn):
                return bad
            if complaint := complain(draw, ordered(draw, adapter, drawn)):
                like = f"; this looks like: {complaint.looks_like}" if complaint.looks_like else ""
                sentence = f"{draw.layer} kernel of shape {drawn.shape}: {complaint.text}{like}"
                wrong.append(
                    Finding(
                        key=_key(draw, drawn.shape),
                        kind=complaint.kind,
                        defect="kernel",
                        sentence=sentence,
                        count=complaint.count,
                        points=drawn.size,
                        worst=complaint.worst,
                        looks_like=complaint.looks_like,
                    )
                )
        measured: dict[str, float] = {"shapes": len(draws), "wrong": len(wrong)}
        if wrong:
            return Outcome.diverging(wrong, measured=measured)
        return Outcome(conforms=True, message=f"right for {len(draws)} shapes", measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        wanted = finding.key if finding else ""
        draw = next((one for one in draws if _key(one, one.shape(adapter)) == wanted), draws[0])
        return draw.lines(adapter, finding, f"{ALONE}{reordered(draw, adapter, 0)}")

    return draws[0].check("distribution", run, lines)


def _key(draw: Draw, shape: tuple[int, ...]) -> str:
    return f"{draw.layer}/{'x'.join(map(str, shape))}"
