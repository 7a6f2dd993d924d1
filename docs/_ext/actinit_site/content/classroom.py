"""The page for a class: four activations, gradients through thirty layers, starts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

import msgspec

from actinit import spec
from actinit.adapters import LayerBinding, Start, bindings, frameworks
from actinit.conformance.results.depth import DepthReport, Pair
from actinit.conformance.results.study import Study
from actinit.spec import Activation, Initializer

from . import port
from .studies import course, final_epoch

__all__ = ["LAYERS", "Chosen", "Course", "back", "chosen", "code", "courses", "left", "network"]

#: What is compared, and what is usually chosen for it.
_FILE = Path(__file__).resolve().parents[3] / "classroom.toml"
#: How many layers a gradient is followed through, from the top.
LAYERS = 30


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    start: str
    why: str


@dataclass(frozen=True)
class Chosen:
    """An activation, with the initialization that is usually chosen for it."""

    activation: Activation
    start: Initializer
    why: str


@dataclass(frozen=True)
class Course:
    """How well networks do, epoch by epoch: means over all backends."""

    start: str
    epochs: list[int]
    means: list[float]


@cache
def chosen() -> list[Chosen]:
    """Return the activations of the page, in its order."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    rows = msgspec.convert(table, dict[str, _Row])
    return [
        Chosen(spec.activations[name], spec.initializers[row.start], row.why)
        for name, row in rows.items()
    ]


def network(run: DepthReport, activation: str, start: str) -> Pair | None:
    """Return the deep network of an activation from an initialization; None if there is none."""
    return next(
        (one for one in run.pairs if (one.activation, one.start) == (activation, start)), None
    )


def back(run: DepthReport, pair: Pair) -> list[tuple[int, float]]:
    """Return how many layers a gradient has passed on its way back, and what is left of it."""
    top = run.depths[-1]
    found = [(top - depth, norm) for depth, norm in zip(run.depths, pair.gradients, strict=True)]
    return sorted(one for one in found if one[0] <= LAYERS)


def left(run: DepthReport, activation: str, start: str) -> float | None:
    """Return what is left of a gradient after all layers; None if that was not measured."""
    pair = network(run, activation, start)
    found = back(run, pair) if pair else []
    return found[-1][1] if found and found[-1][0] == LAYERS else None


def courses(study: Study, figure: str) -> list[Course]:
    """Return a figure by epoch for each initialization, the best at the end first."""
    starts = dict.fromkeys(one.start for one in study.cells)
    found = []
    for start in starts:
        cells = course(study, start, figure)
        epochs = sorted({one.epoch for one in cells})
        means = [fmean(one.mean for one in cells if one.epoch == epoch) for epoch in epochs]
        if epochs and epochs[-1] == final_epoch(study):
            found.append(Course(start, epochs, means))
    return sorted(found, key=lambda one: -one.means[-1])


def code(start: Initializer) -> Iterator[tuple[str, str]]:
    """Yield framework and the line that gives a dense layer an initialization there."""
    for key, layer in bindings(spec.layers["dense"]).items():
        if key == "numpy" or not isinstance(layer, LayerBinding):
            continue
        tensor = layer.weights.get("kernel")
        line = tensor and port.start_line(Start(initializer=start.name), tensor, layer, key)
        if line:
            yield frameworks()[key].title.partition(" (")[0], line
