"""Checks with made-up outcomes."""

from __future__ import annotations

from actinit import spec
from actinit.conformance.check import Check, Finding, Outcome

ID = "activation/relu/float32/value/ulp"


def check_of(outcome, *, raises=None):
    def run(adapter):
        if raises:
            raise raises
        return outcome

    return Check(ID, spec.activations["relu"], "spec", run, lambda *_: "paste")


OFF = Finding(key="beyond/negative/1", kind="accuracy", defect="beyond", sentence="off")


GOOD = Outcome(conforms=True, message="fine")


BAD = Outcome.diverging([OFF], grade="D")
