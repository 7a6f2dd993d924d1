"""Runs lines to paste, and reads what they print."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np

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
