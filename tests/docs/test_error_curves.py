"""Error curves on the site: what a plot draws, what its table says, and how much they weigh."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from actinit_site.content.error_curves import ErrorCurve, numbers
from actinit_site.figures import Canvas, errors

from actinit.adapters import frameworks
from actinit.conformance.check import Witness
from actinit.conformance.formats import FORMATS

F32, F64 = FORMATS["float32"], FORMATS["float64"]


def curve(backend="torch", found=None, *, x=-6.0, error=1.7e7, nonfinite=()):
    worst = Witness.of(x, 0.0, 1.0, error=error)
    return ErrorCurve(backend, found or {}, worst, list(nonfinite))


def drawn(tmp_path, *curves, fmt=F32, **more):
    return Canvas(tmp_path).svg(errors.errors("plot", curves, fmt, **more))


def words(page: Path) -> str:
    """Return the text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")).split())


def heights(svg: str) -> set[float]:
    """Return where the corners of the curve of PyTorch's colour lie, from the top."""
    place = list(frameworks()).index("torch")
    found = re.findall(rf'<path d="([^"]*)"[^>]*stroke: var\(--actinit-plot-{place}\)', svg)
    path = max(found, key=len)  # the others are the marker's and the legend's
    return {float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", path)}


def test_a_level_curve_is_one_line_and_a_step_three(tmp_path: Path) -> None:
    level = heights(drawn(tmp_path, curve(found={(1, 0): 0.5}, error=0.5)))
    stepped = heights(drawn(tmp_path, curve(found={(1, 0): 100.0}, error=100.0)))
    assert len(level) == 1
    assert len(stepped) == 2


def test_neighbours_that_say_the_same_are_one_interval() -> None:
    found = {(-1, 3): 9.0, (-1, 2): 1.7e7, (-1, 1): 1.7e7, (1, 0): 1.23, (1, 1): 1.21, (1, 5): 0.9}
    other = curve("jax", {(1, 0): 0.7, (1, 1): 0.7})
    assert list(numbers([curve(found=found), other], F32)) == [
        ("\N{MINUS SIGN}2⁴ to \N{MINUS SIGN}2³", ["9", "≤ 0.5"]),
        ("\N{MINUS SIGN}2³ to \N{MINUS SIGN}2¹", ["2\N{MULTIPLICATION SIGN}10⁷", "≤ 0.5"]),
        ("2⁰ to 2²", ["1.2", "0.7"]),
    ]


def test_subnormals_end_at_the_smallest_normal_number() -> None:
    ((interval, _),) = numbers([curve(found={(1, F32.emin - 1): 3.0})], F32)
    assert interval == "0 to 2⁻¹²⁶"


def test_what_is_at_most_one_ulp_off_needs_no_plot() -> None:
    assert curve(found={(1, 0): 1.0}).exact
    assert not curve(found={(1, 0): 1.01}).exact
    assert not curve(nonfinite=[(100.0, math.inf)]).exact


@pytest.mark.parametrize("x", ["0.0", "-1e-300", "1e300", "inf", "[1.0, -3.5]"])
def test_a_worst_input_is_marked_wherever_it_lies(tmp_path: Path, x: str) -> None:
    row = [float(item) for item in x.strip("[]").split(",")]
    one = curve(found={(1, 2): 5.0}, x=np.array(row if len(row) > 1 else row[0]), error=math.inf)
    svg = drawn(tmp_path, one, fmt=F64, row=len(row) > 1)
    assert svg.count("<use") == 1
    assert "nan" not in svg


def test_where_results_are_not_finite_there_is_a_bar(tmp_path: Path) -> None:
    without = drawn(tmp_path, curve(found={(1, 2): 5.0}))
    for ends in ((9.0, 30.0), (1e30, math.inf), (-math.inf, -1e200), (-2.0, 3.0)):
        one = curve(found={(1, 2): 5.0}, nonfinite=[ends])
        assert drawn(tmp_path, one).count("<path") == without.count("<path") + 1


def test_what_goes_on_alike_is_not_drawn_to_its_end() -> None:
    alike = {(sign, e): 1e8 + e for sign in (-1, 1) for e in range(F64.emin, 6)}
    low, high = errors._window([curve(found={**alike, (1, 5): 3e8})], F64)
    assert (low, high) == (-4, 6)
    steep = {(1, e): 2.0**-e for e in range(-40, -1)}
    assert errors._window([curve(found=steep)], F64)[0] == -41


def test_a_plot_of_every_backend_is_light(tmp_path: Path) -> None:
    """In float64, down to where 1 + x is 1, with errors of its own in every binade."""
    rng = np.random.default_rng(0)
    names = [name for family in frameworks().values() for name in family.modes]
    every = [(sign, e) for sign in (-1, 1) for e in range(-54, 10)]
    curves = [
        curve(name, dict(zip(every, rng.uniform(0.6, 1.6, len(every)).tolist(), strict=True)))
        for name in names
    ]
    assert len(drawn(tmp_path, *curves, fmt=F64)) < 5_500 * len(names)


def test_pages_have_curves_and_their_numbers(site: Path) -> None:
    text = (site / "checks" / "gelu.html").read_text(encoding="utf-8")
    plot = (
        "Plot of the largest error in ulp by binade of x, for the value of gelu in float32 on torch"
    )
    assert plot in text
    assert "for the value of gelu in float64" not in text  # where there is nothing to draw
    assert "Value: at most 1 ulp on every backend" in text
    row = re.search(r"<tr><th[^>]*>\N{MINUS SIGN}2³ to \N{MINUS SIGN}2²</th><td>([^<]*)", text)
    assert row is not None
    assert row[1] == "2\N{MULTIPLICATION SIGN}10⁷"


def test_a_result_without_a_curve_is_not_taken_for_exact(site: Path) -> None:
    text = words(site / "checks" / "leaky_relu.html")
    assert "torch are of an older run that kept no curve" in text
    assert "at most 1 ulp on every backend" not in text


def test_initializers_have_scales_draws_and_power(site: Path) -> None:
    text = words(site / "initializers" / "he_normal.html")
    # A convolution of 3 by 5 places over 24 channels: sqrt(2 / 360).
    assert re.search(
        r"conv2d 360 1,200 0\.07454 0\.04082 hwio \(3, 5, 24, 80\): NumPy, JAX, Keras", text
    )
    assert re.search(r"torch 0\.00012345 0 0\.04421 0\.044194", text)
    assert "scale off by 1 %" in text
    assert "a uniform distribution of the variance of a normal one" in text
    assert "a rotation without the sign fix" not in text
    cut = (site / "initializers" / "he_truncated_normal.html").read_text(encoding="utf-8")
    assert "tails cut at 2.1 for 2 standard deviations" in cut
    assert "a uniform distribution of the variance" not in cut
    zeros = (site / "initializers" / "zeros.html").read_text(encoding="utf-8")
    assert "nothing is left to chance" in zeros


def test_every_page_tells_its_history(bare_site: Path) -> None:
    text = words(bare_site / "activations" / "silu.html")
    assert "Hendrycks and Gimpel (2016) named it, beside GELU; Elfwing et al. (2018)" in text
    text = words(bare_site / "initializers" / "he_uniform.html")
    assert "The variance is He et al." in text
