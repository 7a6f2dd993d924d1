"""How trainings part: losses in float64, and parameters in float32, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from actinit.conformance.parity.compare import TOLERANCE
from actinit.conformance.results.parity import ParityReport

from .canvas import FAINT, INK, SERIES, Drawing
from .scales import of_powers

__all__ = ["distances", "losses"]

# Smaller differences, 0 among them, are drawn as this: a tenth of binary64's last bit.
_FLOOR = 1e-17
_SIZE = (4.6, 3.6)


def losses(optimizer: str, runs: Sequence[ParityReport]) -> Drawing:
    """Draw how far losses differ in float64: as backends come, and dashed with all matched."""
    shown = [
        (place, run.backend, one)
        for place, run in enumerate(runs)
        for one in run.compared
        if one.parity.optimizer == optimizer
    ]
    curves = []
    for place, backend, one in shown:
        if one.matched and not one.parity.agrees:
            continue  # on the way to the reasons; it ends where it parts
        steps = [step for step, _ in one.parity.losses]
        sizes = [max(size, _FLOOR) for _, size in one.parity.losses]
        curves.append((place, backend, bool(one.matched), steps, sizes))

    def draw(axes: Axes) -> None:
        axes.axhline(TOLERANCE, color=FAINT, linewidth=1)
        for place, backend, matched, steps, sizes in curves:
            axes.plot(
                steps, sizes, "--" if matched else "-", color=SERIES[place % 7],
                label=None if matched else backend,
            )  # fmt: skip
        _scaled(axes)
        axes.set_ylim(_FLOOR / 2, max(axes.get_ylim()[1], 3 * TOLERANCE))
        axes.set_ylabel("relative difference of losses")

    return Drawing(f"parity-{optimizer}-losses", curves, draw, _SIZE)


def distances(optimizer: str, runs: Sequence[ParityReport]) -> Drawing:
    """Draw distances in float32: to the reference, and dashed what another order of sums makes."""
    shown = [
        (place, run.backend, one)
        for place, run in enumerate(runs)
        for one in run.drifts
        if one.optimizer == optimizer
    ]

    def draw(axes: Axes) -> None:
        for place, backend, one in shown:
            steps = [mark.step for mark in one.marks]
            colour = SERIES[place % 7]
            axes.plot(steps, [m.between for m in one.marks], "-", color=colour, label=backend)
            axes.plot(steps, [m.backend for m in one.marks], "--", color=colour, linewidth=1)
        # The reference's own is the same beside every backend.
        marks = shown[0][2].marks
        axes.plot(
            [mark.step for mark in marks], [mark.reference for mark in marks], ":",
            color=INK, label="reference, reordered",
        )  # fmt: skip
        _scaled(axes)
        axes.set_ylabel("distance over the way")

    return Drawing(f"parity-{optimizer}-distances", shown, draw, _SIZE)


def _scaled(axes: Axes) -> None:
    of_powers(axes, "x", "y")
    axes.set_xlabel("step")
    axes.figure.legend(loc="outside lower center", ncols=3)
