"""The lines to paste show what was found: in a fresh process, with the framework alone."""

from __future__ import annotations

import re

import ml_dtypes  # noqa: F401 - names bfloat16
import numpy as np
import pytest
from helpers.imports import FRAMEWORKS
from helpers.installed import loaded
from helpers.pasting import labelled, numbers, pasted, same

from actinit import adapters, spec
from actinit.conformance.check import LOAD, Finding, Outcome, Witness
from actinit.conformance.plan import activation_checks
from actinit.conformance.run.session import Session

NAMES = ("gelu", "silu", "elu", "softmax")
ASKED = re.compile(
    r"activation/\w+/(float32|bfloat16)/(value|derivative)/(ulp|special|upstream|layout)"
    r"|activation/\w+/(float32|bfloat16)/(upstream|second|special|layout)(/\w+)*"
)


def shows(said, witness):
    """Whether what was printed has the witness's result, and beside it only what is right."""
    got, right = labelled(said, "got"), labelled(said, "right")
    return any(same(one, numbers(witness.got)) for one in got) and (
        len(right) == 1 and same(right[0], numbers(witness.exact))
    )


def found_by(adapter, names=NAMES, asked=ASKED):
    """Return the results that diverge and have a witness."""
    session = Session(adapter)
    for name in names:
        for check in activation_checks(spec.activations[name]):
            if asked.fullmatch(check.id):
                session.run(check)
    results = [result for result in session.results if result.outcome]
    return [one for one in results if not one.outcome.conforms and one.outcome.witness]


def test_each_result_of_torch_is_shown_by_torch_alone():
    pytest.importorskip("torch")
    results = found_by(adapters.load("torch"))
    assert len(results) > 10
    said, needed = pasted([result.snippet for result in results])
    assert not needed
    unseen = [
        f"{result.id}: {result.outcome.witness}\n{result.snippet}\n{text}"
        for result, text in zip(results, said, strict=True)
        if not shows(text, result.outcome.witness)
    ]
    assert not unseen, "\n\n".join(unseen)


def test_a_number_that_is_not_the_witness_shows_nothing():
    """What decides in the tests here: another result, or another line of what is right."""
    witness = Witness.of(1.5, 2.25, 2.5)
    assert shows("got   3.0 (alone)\ngot   2.25 (in an array of 67)\nright 2.5\n", witness)
    assert not shows("got   2.2500000000000004 (alone)\nright 2.5\n", witness)
    assert not shows("got   2.25 (alone)\nright 2.25\n", witness)
    assert not shows("got   2.25 (alone)\n", witness)
    lost = Witness.of(1.5, np.nan, np.inf)
    assert shows("got   nan (alone)\nright inf\n", lost)
    assert not shows("got   nan (alone)\nright -inf\n", lost)


def test_parameters_of_the_witness_are_passed():
    entry = spec.activations["elu"]
    (check,) = (
        one for one in activation_checks(entry) if one.id.endswith("float32/value/parameters")
    )
    witness = Witness.of(-1.0, -0.75, -0.5, parameters={"alpha": 0.3})
    outcome = Outcome.diverging(
        [Finding(key="other", kind="accuracy", defect="beyond", sentence="off", worst=witness)]
    )
    pytest.importorskip("torch")
    assert "torch.nn.functional.elu(x, alpha=0.3)" in check.snippet(adapters.load("torch"), outcome)


def test_an_adapter_of_ones_own_is_asked_through_actinit():
    mine = type("Mine", (type(adapters.load("numpy")),), {})()
    checks = activation_checks(spec.activations["relu"])
    (ulp,) = (one for one in checks if one.id.endswith("float32/value/ulp"))
    witness = Witness.of(np.float32(0.1), np.float32(0.1), 0.25)
    outcome = Outcome.diverging(
        [Finding(key="other", kind="accuracy", defect="beyond", sentence="off", worst=witness)]
    )
    (said,), needed = pasted([ulp.snippet(mine, outcome).replace(LOAD, "numpy")])
    assert needed
    assert shows(said, witness), said


@pytest.mark.parametrize("backend", sorted(FRAMEWORKS - {"torch"}))
def test_other_frameworks_give_what_their_adapters_do(backend):
    """At one input that is no root; what is said to be right is made up."""
    adapter, entry = loaded(backend), spec.activations["silu"]
    if adapter.family not in adapters.bindings(entry):
        pytest.skip(f"{backend} has no {entry.name}")
    forward_only = type(adapter).gradient is adapters.Adapter.gradient
    dtype = "float32" if forward_only else "bfloat16"  # ONNX Runtime has no kernel for the latter
    x, snippets, witnesses = np.array([0.3]).astype(dtype), [], []
    for check in activation_checks(entry):
        path = check.id.removeprefix(f"activation/silu/{dtype}/")
        if path == "value/ulp":
            got, upstream = adapter.value(entry, x, {}), None
        elif path in ("derivative/ulp", "derivative/upstream") and not forward_only:
            upstream = -3.0 if path.endswith("upstream") else None
            got = adapter.gradient(entry, x, np.full_like(x, upstream or 1.0), {})
        else:
            continue
        witness = Witness.of(x[0], got[0], 0.125, upstream=upstream)
        finding = Finding(key="other", kind="accuracy", defect="beyond", sentence="", worst=witness)
        snippets.append(check.snippet(adapter, Outcome.diverging([finding])))
        witnesses.append(witness)
    said, needed = pasted(snippets)
    assert len(said) == (1 if forward_only else 3)
    assert not needed
    for text, witness in zip(said, witnesses, strict=True):
        assert shows(text, witness), text
