"""How findings are held against those of a baseline."""

from __future__ import annotations

import math

import pytest

from actinit.conformance.check import Finding, Witness
from actinit.conformance.known.compare import compare, gravest, position
from actinit.conformance.results.baseline import KnownFinding


def finding(key="beyond/negative/1", kind="accuracy", error=50.0, count=100, first=-8.0, last=-4.0):
    worst = Witness.of(last, 1.0, 2.0, error=error, budget=4.0)
    return Finding(
        key=key, kind=kind, defect="beyond", sentence="off", first_hex=first.hex(),
        last_hex=last.hex(), count=count, points=100_000, worst=worst,
    )  # fmt: skip


def standing(after, before=None):
    (found,) = compare([after], [KnownFinding.of(before or finding())])
    return found


def test_slack_covers_a_last_digit_and_no_more():
    for same in (finding(error=51.0), finding(count=105), finding(first=-8.2), finding(last=-3.8)):
        assert standing(same).status == "known"
    for grown in (finding(error=54.0), finding(count=120), finding(first=-9.0), finding(last=-3.5)):
        assert standing(grown).status == "worse"
        assert standing(grown).why
        assert standing(finding(), grown).status == "better"


@pytest.mark.parametrize(
    ("after", "gross"),
    [
        (finding(error=499.0), False),
        (finding(error=501.0), True),
        (finding(error=math.inf), True),
        (finding(count=999), False),
        (finding(count=1_001), True),
        (finding(kind="non-finite"), True),
        (finding(first=-16.0), False),
        (finding(first=-(2.0**13)), True),
    ],
)
def test_what_is_grossly_worse(after, gross):
    found = standing(after)
    assert found.status == "worse"
    assert found.gross == gross


def test_what_has_no_size_is_known_only_as_it_was():
    def default(got):
        worst = Witness.figure("slope", got, 0.01)
        return Finding(key="defaults", kind="definition", defect="d", sentence="", worst=worst)

    assert standing(default(0.2), default(0.2)).status == "known"
    changed = standing(default(0.7), default(0.2))
    assert (changed.status, changed.gross) == ("worse", False)
    assert "and was" in changed.why


def test_a_graver_finding_beside_known_ones_is_not_hidden_by_them():
    other = finding(key="nonfinite/positive/1", kind="non-finite", error=math.inf)
    first, second = compare([finding(), other], [KnownFinding.of(finding())])
    assert (first.status, second.status, second.gross) == ("known", "new", True)


def test_a_small_new_finding_of_a_check_that_passed_is_news():
    (small,) = compare([finding(error=5.0, count=3)], [])
    (large,) = compare([finding(error=41.0, count=3)], [])
    (many,) = compare([finding(error=5.0, count=2_000)], [])
    assert (small.status, small.gross) == ("new", False)
    assert large.gross
    assert many.gross


def test_what_is_gone_is_told_and_noted_findings_are_not_compared():
    noted = Finding(key="order/negative/1", kind=None, defect="order", sentence="")
    (gone,) = compare([noted], [KnownFinding.of(finding())])
    assert (gone.status, gone.why) == ("gone", "beyond from -8 to -4")


def test_the_gravest_status_is_the_check_s():
    known, new = compare([finding(), finding(key="b")], [KnownFinding.of(finding())])
    assert gravest([known, new]) == "new"
    assert gravest([]) == "passed"


def test_positions_are_binades_apart():
    assert position((8.0).hex()) - position((4.0).hex()) == 1
    assert position((-8.0).hex()) - position((-4.0).hex()) == -1
    assert position("") == position((0.0).hex()) == position("[0x1p+0, 0x1p+1]") == 0
    assert position(math.inf.hex()) > position((1.7e308).hex())
