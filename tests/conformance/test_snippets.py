"""The lines to paste show what was found: in a fresh process, with the framework alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from actinit import adapters, spec
from actinit.conformance.checks.plan import activation_checks
from actinit.conformance.session import Session

NAMES = ("gelu", "silu", "elu", "softmax")
ASKED = re.compile(
    r"activation/\w+/(float32|bfloat16)/(value|derivative)/(ulp|special|upstream|layout)"
    r"|activation/\w+/(float32|bfloat16)/(upstream|second|special|layout)(/\w+)*"
)
# Runs each snippet in a namespace of its own, in a process that has imported nothing of actinit.
RUN = """\
import contextlib, io, json, sys, traceback
said = []
for lines in json.load(sys.stdin):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(lines, {})
        except Exception:
            traceback.print_exc(file=printed)
    said.append(printed.getvalue())
json.dump({"said": said, "actinit": "actinit" in sys.modules}, sys.stdout)
"""


def pasted(snippets):
    """Return what each snippet prints, and whether one of them needed actinit."""
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps(snippets), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    return found["said"], found["actinit"]


def numbers(text):
    """Read a number, or a list of them, as Python writes it."""
    return np.array(json.loads(text.replace("inf", "Infinity").replace("nan", "NaN")), np.float64)


def labelled(said, label):
    """Return what stands on the lines with a label, without the words in parentheses."""
    found = re.findall(rf"^{label} +(.*?)(?: \([^()]*\))?$", said, re.MULTILINE)
    return [numbers(text) for text in found]


def same(one, other):
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


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
