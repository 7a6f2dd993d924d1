"""Since when a cause is seen, and in which release it is no longer: computed, never typed."""

from __future__ import annotations

from msgspec.structs import replace

from actinit.conformance.history.since import lives, seen_in
from actinit.conformance.known.causes import Cause

CAUSES = {
    "other": Cause(
        entries=("activation/relu",), backends=("lanes",), checks=("*",), kinds=("accuracy",),
        what="Is seen nowhere.",
    ),
    "small-inputs": Cause(
        entries=("activation/tanh",), backends=("lanes",), checks=("*/value/ulp",),
        kinds=("definition",), what="Loses small inputs.",
    ),
}  # fmt: skip


def test_a_cause_is_seen_where_its_findings_are(measured):
    found = measured.snapshots
    assert list(seen_in(found["1.0"], CAUSES)) == ["small-inputs"]
    assert seen_in(found["2.0"], CAUSES) == {}


def test_a_cause_that_went_has_the_release_in_which_it_did(measured):
    (life,) = lives(measured.snapshots.values(), CAUSES)["small-inputs"]
    assert (life.since, life.before, life.until, life.fixed) == ("1.0", "", "1.1", "2.0")
    assert str(life) == "lanes 1.0 or before"


def test_a_cause_that_came_has_the_release_before_it(measured):
    one, _, clean = measured.snapshots.values()
    in_order = [replace(clean, release="0.9"), one]
    (life,) = lives(in_order, CAUSES)["small-inputs"]
    assert (life.since, life.before, life.fixed) == ("1.0", "0.9", "")
    assert str(life) == "lanes 1.0 (not in 0.9)"


def test_an_unfinished_snapshot_says_nothing(measured):
    one, other, clean = measured.snapshots.values()
    (life,) = lives([one, other, replace(clean, complete=False)], CAUSES)["small-inputs"]
    assert life.fixed == ""
