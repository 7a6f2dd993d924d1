"""Every check of the plan sees the fault that is planted for it in the reference."""

from __future__ import annotations

import threading
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import groupby

import pytest
from helpers.patience import PATIENCE

from actinit.adapters import NotOffered, load
from actinit.conformance.backend.copy import Copy
from actinit.conformance.backend.guard import Guarded
from actinit.conformance.check import Check, Outcome
from actinit.conformance.controls import CONTROLS, control
from actinit.conformance.expected.inputs import thinned
from actinit.conformance.initializers.plan import DEFAULT
from actinit.conformance.plan import plan
from actinit.conformance.run.session import Session
from actinit.conformance.undiagnosed import undiagnosed

# With a pass over rare events, which only a thorough run makes: few draws show what is planted.
PLAN = plan(size=replace(DEFAULT, stream=2**16))


class Kept(Copy):
    """The reference, which keeps the last tensors that it drew.

    The checks of a distribution look at one sample, and each control changes it in another way.
    """

    # Those of a sample, and a few beside it.
    MOST = 12

    def __init__(self):
        super().__init__(load("numpy"))
        self._drawn = {}
        self._lock = threading.Lock()  # one of the checks draws in several threads

    def draw(self, entry, shape, dtype, seed, parameters):
        asked = entry.name, shape, dtype, seed, tuple(sorted(parameters.items()))
        with self._lock:
            if asked not in self._drawn:
                while len(self._drawn) >= self.MOST:
                    self._drawn.pop(next(iter(self._drawn)))
                drawn = super().draw(entry, shape, dtype, seed, parameters)
                drawn.flags.writeable = False
                self._drawn[asked] = drawn
            return self._drawn[asked]


ENTRIES = {
    "/".join(entry): list(checks)
    for entry, checks in groupby(PLAN, key=lambda check: check.id.split("/")[:2])
}


def test_every_check_has_a_control_and_every_control_a_check():
    used = set()
    for check in PLAN:
        control(check)
        used.add(next(pattern for pattern in CONTROLS if fnmatchcase(check.id, pattern)))
    assert used == set(CONTROLS)


def test_a_check_without_a_control_is_an_error():
    with pytest.raises(LookupError, match="has no control; add one"):
        control(Check("activation/relu/new", PLAN[0].entry, "", lambda _: None, lambda *_: ""))


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_checks_of_an_entry_see_their_controls(entry):
    blind, reference = [], Kept()
    for check in ENTRIES[entry]:
        try:
            # Of fewer inputs: what is seen in a sixteenth of a sample is seen in the whole.
            with undiagnosed(), thinned(16):
                outcome = check.run(Guarded(control(check)(reference), PATIENCE))
        except NotOffered:
            continue
        if outcome.conforms:
            blind.append(f"{check.id}: {outcome.message}")
    assert not blind


def run(check, **options):
    return Session(load("numpy"), **options).run(check)


def test_a_check_that_sees_nothing_is_void():
    sees_nothing = Check(
        "activation/relu/float32/value/ulp", PLAN[0].entry, "",
        lambda _: Outcome(conforms=True, message="all is well"), lambda *_: "",
    )  # fmt: skip
    assert run(sees_nothing).status == "passed"
    void = run(sees_nothing, controls=True)
    assert (void.status, void.fails) == ("void", True)
    assert "all is well" in void.message


def test_a_check_that_sees_its_control_keeps_its_status():
    check = next(one for one in PLAN if one.id == "activation/relu/bfloat16/value/ulp")
    assert run(check, controls=True).status == "passed"


def test_what_is_not_offered_has_nothing_to_plant_a_fault_in():
    check = next(one for one in PLAN if one.id == "activation/relu/layer")
    assert run(check, controls=True).status == "not-offered"
