"""What others promise: read, complete with its source, and held against what was measured."""

from __future__ import annotations

import math
import re
from datetime import date
from pathlib import Path

import pytest
from actinit_site.content import promises
from actinit_site.content.promises import Bound, stated, verdict
from actinit_site.results import Results

from actinit import spec
from actinit.conformance.check import Witness
from actinit.spec import Expression

MEASURED = Path(__file__).parents[2] / "docs" / "measured"


def worst(x: float, got: float, exact: float) -> Witness:
    return Witness.of(x, got, exact, error=0.0, budget=1.0)


def test_each_says_where_and_when_it_was_read() -> None:
    for one in promises.promises().values():
        assert one.source.startswith("https://")
        assert date.fromisoformat(one.read)
        assert one.what
        for names in (one.float32, one.ulp, one.absolute):
            assert set(names) <= set(spec.activations)
        assert bool(one.float32 or one.ulp) or one.kind in ("tested", "none")


def test_opencl_grants_what_the_spec_takes_from_it() -> None:
    granted = spec.formats()["float32"].elementary
    for name, call in (("exponential", "exp"), ("tanh", "tanh"), ("erf", "erf")):
        bound = stated("opencl", spec.activations[name])
        assert bound is not None
        assert bound.ulp(0.0, 1.0) == granted[call]


def test_a_relative_bound_is_one_to_two_times_as_many_ulp() -> None:
    bound = Bound(Expression("2 + abs(x)"), relative=True, absolute=0.0)
    assert bound.ulp(0.0, 1.0) == 2
    assert bound.ulp(-1.0, 1.5) == 4.5
    assert bound.ulp(0.0, math.nextafter(2.0, 0)) == pytest.approx(4)
    plain = Bound(Expression("5"), relative=False, absolute=2.0**-24)
    assert plain.ulp(0.0, 1.0) == 5
    assert plain.ulp(0.0, 2.0**-20) == 2.0**19  # the absolute one is more there


@pytest.mark.parametrize(
    ("error", "curve", "expected"),
    [
        (2.0, None, "kept"),
        (9.0, None, "broken"),
        (None, None, "broken"),
        (6.0, None, "open"),
        (6.0, {"2^1": 6.0, "-2^0": 4.9, "0": 3.0}, "kept"),
        (6.0, {"2^1": 6.0, "-2^0": 5.1, "0": 3.0}, "open"),
    ],
)
def test_a_bound_that_grows(error: float, curve: dict[str, float], expected: str) -> None:
    bound = Bound(Expression("3 + 2*abs(x)"), relative=False, absolute=0.0)
    assert verdict(bound, error, worst(2.0, 1.0, 1.0), curve) == expected


def test_a_constant_bound() -> None:
    bound = Bound(Expression("3"), relative=False, absolute=0.0)
    assert verdict(bound, 3.0, None, None) == "kept"
    assert verdict(bound, 3.1, None, None) == "broken"


def test_sweeps_of_every_float32_are_told(bare_site: Path) -> None:
    found = {
        one.backend: one
        for one in promises.kept(Results(Path("nowhere"), MEASURED), spec.activations["tanh"])
    }
    assert found["torch"].every
    assert found["torch"].verdicts == dict.fromkeys(("opencl", "cuda", "tosa", "webnn"), "kept")
    assert found["tensorflow"].told()[1] == ("broken", "more than OpenCL C 3.0 and CUDA")
    page = (bare_site / "promises.html").read_text(encoding="utf-8")
    text = re.sub("<[^>]*>", "", page)
    assert (
        "tensorflow: 6.14 ulp, within TOSA 1.1 and WebNN, more than OpenCL C 3.0 and CUDA" in text
    )
