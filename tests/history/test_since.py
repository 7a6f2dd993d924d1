"""Since when a cause is seen, and in which release it is no longer: computed, never typed."""

from __future__ import annotations

from msgspec.structs import replace

from actinit.conformance.history.since import ranges, seen_in
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
    assert seen_in(found["1.0"], CAUSES) == {("small-inputs", "tanh")}
    assert seen_in(found["2.0"], CAUSES) == set()


def test_a_cause_that_went_has_the_release_in_which_it_did(measured):
    (span,) = ranges(measured.snapshots.values(), CAUSES)["small-inputs"]
    assert (span.since, span.before, span.until, span.fixed) == ("1.0", "", "1.1", "2.0")
    assert str(span) == "lanes 1.0 or before; fixed in 2.0"


def test_a_cause_that_came_has_the_release_before_it(measured):
    one, _, clean = measured.snapshots.values()
    in_order = [replace(clean, release="0.9"), one]
    (span,) = ranges(in_order, CAUSES)["small-inputs"]
    assert (span.since, span.before, span.fixed) == ("1.0", "0.9", "")
    assert str(span) == "lanes 1.0 (not in 0.9)"


def test_an_unfinished_snapshot_says_nothing(measured):
    one, other, clean = measured.snapshots.values()
    (span,) = ranges([one, other, replace(clean, complete=False)], CAUSES)["small-inputs"]
    assert span.fixed == ""


def test_of_functions_with_one_cause_one_may_be_mended_and_another_not(measured):
    def shows(*names):
        """Return a release in which these functions have the finding that tanh has in the first."""
        cells = {f"activation/{name}/float32/value/ulp": cell for name in names}
        return replace(first, cells=cells)

    first = measured.snapshots["1.0"]
    cell = first.cells["activation/tanh/float32/value/ulp"]
    both = replace(
        CAUSES["small-inputs"], entries=("activation/tanh", "activation/sigmoid", "activation/relu")
    )
    three, two = ("tanh", "sigmoid", "relu"), ("tanh", "sigmoid")
    in_order = [
        replace(shows(*three), release="1"), replace(shows(*two), release="2"),
        replace(shows(*two), release="3"),
    ]  # fmt: skip
    found = {
        span.entries: span.fixed
        for span in ranges(in_order, {"small-inputs": both})["small-inputs"]
    }
    assert found == {("relu",): "2", ("sigmoid", "tanh"): ""}
