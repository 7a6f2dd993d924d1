"""The page for a class: what it chooses is in the spec, what it says is what was measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from actinit_site.content import classroom
from actinit_site.figures.classroom import switched

from actinit import spec
from actinit.conformance.published.curves import compute
from actinit.conformance.results.depth import DepthReport
from actinit.conformance.results.store import read

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def run() -> DepthReport:
    return read(DOCS / "measured" / "depth.json", DepthReport)


def test_gradients_are_followed_from_the_top(run: DepthReport) -> None:
    pair = classroom.network(run, "sigmoid", "glorot_uniform")
    assert pair is not None
    points = classroom.back(run, pair)
    assert points[0][1] == pair.gradients[-1]
    assert [passed for passed, _ in points] == [0, 10, 20, 30]
    assert points[-1][1] == pair.gradients[run.depths.index(run.depths[-1] - 30)]
    # Its slope is at most 1/4, so that no more than that is left of a gradient in each layer.
    assert points[-1][1] < 0.25**30
    assert classroom.left(run, "relu", "no such start") is None


def test_what_is_chosen_keeps_gradients_but_for_the_sigmoid(run: DepthReport) -> None:
    for one in classroom.chosen():
        kept = classroom.left(run, one.activation.name, one.start.name)
        assert kept is not None
        assert (0.1 < kept < 10) == (one.activation.name != "sigmoid")
        assert one.start.name in spec.initializers


def test_each_start_has_a_line_for_several_frameworks() -> None:
    for one in classroom.chosen():
        lines = dict(classroom.code(one.start))
        assert {"PyTorch", "Keras"} <= lines.keys()
        assert "layer.weight" in lines["PyTorch"]
        assert "kernel_initializer=" in lines["Keras"]


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
def test_a_line_for_torch_runs(name: str) -> None:
    torch = pytest.importorskip("torch")
    (one,) = (row for row in classroom.chosen() if row.activation.name == name)
    layer = torch.nn.Linear(400, 200)
    eval(dict(classroom.code(one.start))["PyTorch"], {"torch": torch, "layer": layer})
    right = one.start.name == "he_uniform"
    limit = (6 / 400) ** 0.5 if right else (6 / 600) ** 0.5
    assert 0.99 * limit < float(layer.weight.detach().abs().max()) <= limit


def test_every_line_of_the_plot_can_be_hidden() -> None:
    curves = {one.entry: one for one in compute().activations}
    names = [one.activation.name for one in classroom.chosen()]
    style = (DOCS / "_static" / "site.css").read_text(encoding="utf-8")
    for derivative in (False, True):
        drawn = switched([curves[name] for name in names], derivative=derivative)
        assert set(re.findall(r'class="actinit-of-(\w+)"', drawn)) == set(names)
    for name in names:
        assert f":has(#show-{name}:not(:checked)) .actinit-of-{name}" in style


def test_the_page_says_what_was_measured(site: Path) -> None:
    page = (site / "classroom.html").read_text(encoding="utf-8")
    text = re.sub("<[^>]*>", "", page)
    assert "Sigmoid from glorot_uniform: 3.7" in text
    assert page.count('type="checkbox" id="show-') == 4
    assert len(page) < 300_000
