"""The tolerance that is stated of a framework's own test function is the one that it has."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from actinit import adapters
from actinit.adapters.framework import OwnTolerance
from actinit.conformance.formats import FORMATS

STATED = {name: one for name, one in adapters.frameworks().items() if one.tolerance}
PROGRAM = """
{first}
{imports}
import json, sys
import ml_dtypes, numpy as np

passed = []
for dtype, expected, got in json.loads(sys.argv[1]):
    expected, got = (np.array([one]).astype(dtype) for one in (expected, got))
    tensor = {tensors}[dtype]
    try:
        {raises}
    except (AssertionError, ZeroDivisionError):
        passed.append(False)
    else:
        passed.append(True)
print(json.dumps(passed))
"""


def cases(tolerance: OwnTolerance):
    """Yield results a little within the bound and a little beyond it, in each format."""
    for name, (relative, absolute) in tolerance.formats.items():
        kind = FORMATS[name].dtype.type
        for expected in (1.0, 2.0**-10):
            bound = absolute + relative * expected
            within, beyond = kind(expected + 0.95 * bound), kind(expected + 1.05 * bound)
            if float(beyond) <= expected + bound:
                beyond = np.nextafter(beyond, kind(np.inf))
            if float(within) > expected + bound:
                within = np.nextafter(within, kind(0.0))
            yield from ((name, expected, float(got)) for got in (within, beyond))


def program(framework) -> str:
    """Return the lines that ask the framework's own test function."""
    snippet, raises = framework.snippet, framework.tolerance.raises
    tensors = {
        name: snippet.get(f"tensor-{name}", snippet.get("tensor", "{x}")) for name in FORMATS
    }
    made = ", ".join(f"{name!r}: lambda x: {text.format(x='x')}" for name, text in tensors.items())
    return PROGRAM.format(
        first=snippet.get("first", "").format(over="tensorflow"), imports=snippet["imports"],
        tensors="{" + made + "}", raises=raises.format(got="tensor(got)",
                                                       expected="tensor(expected)"),
    )  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_the_framework_s_own_test_lets_pass_what_is_said(name):
    pytest.importorskip(name)
    framework = STATED[name]
    asked = list(cases(framework.tolerance))
    done = subprocess.run(
        [sys.executable, "-c", program(framework), json.dumps(asked)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    right = [framework.tolerance.passes(*case) for case in asked]
    assert set(right) == {True, False}
    assert json.loads(done.stdout.splitlines()[-1]) == right


def test_what_is_not_finite_is_noticed():
    tolerance = OwnTolerance(test="a.b", formats={"float32": (1e-3, 1e-3)}, raises="")
    assert tolerance.passes("float32", np.inf, np.inf)
    assert not tolerance.passes("float32", np.inf, 1.0)
    assert not tolerance.passes("float32", 1.0, np.inf)
    assert not tolerance.passes("float32", np.nan, 1.0)
    assert tolerance.passes("float16", 1.0, 1.0) is None
