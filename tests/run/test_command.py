"""``actinit check --command``, as a person types it: results, names, baselines, wrong calls."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.command_line import actinit

from actinit.adapters import load
from actinit.conformance.commands import main
from actinit.conformance.known.baseline import of_report
from actinit.conformance.known.files import save_baseline
from actinit.conformance.plan import activation_checks
from actinit.conformance.results.conformance import ConformanceReport
from actinit.conformance.results.store import read
from actinit.conformance.run.session import Session
from actinit.spec import activations

HARNESS = Path(__file__).parents[1] / "helpers" / "harness.py"
CHECKS = {one.id: one for entry in activations.values() for one in activation_checks(entry)}
RETURNS_ITS_INPUT = CHECKS["activation/tanh/bfloat16/value/special"]  # what the harness does there
FEW = ["-k", "relu/float32/value/special or relu/float32/value/kinks or relu/float16"]


def command(how, harness=HARNESS):
    return shlex.join([sys.executable, str(harness), how])


@pytest.fixture
def session():
    """Make sessions of harnesses, and end these."""
    made = []

    def make(how="", limit=20.0, rename="", **options):
        name = f"command:{command(how)}"
        made.append(load(name, rename=rename))
        return Session(made[-1], limit, name, **options)

    yield make
    for one in made:
        one.stop()


def left_of(harness):
    """Return the processes that still run a file."""
    lines = Path("/proc").glob("[0-9]*/cmdline")
    return [line.parent.name for line in lines if os.fsencode(harness) in read_bytes(line)]


def read_bytes(file):
    """Read a file of a process, which may just have ended."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def check(folder, how, *words):
    """Run the command line on the harness that goes wrong so."""
    return run_check(folder, command(how), *words)


def run_check(folder, program, *words):
    """Run the command line in a process of its own."""
    return actinit(folder, "check", "--command", program, *words)


def report_of(folder, name):
    file = folder / "build" / "results" / f"conformance-{name}.partial.json"
    return read(file, ConformanceReport)


def test_results_have_the_name_that_the_program_has(tmp_path):
    done = check(tmp_path, "", *FEW)
    assert done.returncode == 0, done.stdout + done.stderr
    report = report_of(tmp_path, "tried")
    assert (report.backend, report.family, report.versions) == ("tried", "", {"tried": "1.0"})
    assert report.baseline is None
    assert report.counts["passed"] == 1
    # float16, and what it has no part for.
    assert report.counts["not-offered"] == len(report.results) - 1


def test_several_processes_and_another_name_and_a_crash_that_costs_one_check(tmp_path):
    harness = Path(shutil.copy(HARNESS, tmp_path / "own_harness.py"))  # to be told from others
    words = ["-k", "activation/relu/float32/value/ulp or activation/relu/float32/value/special"]
    crashing = command("crashes at 13", harness)
    done = run_check(tmp_path, crashing, *words, "--workers", "2", "--name", "mine")
    assert done.returncode == 1, done.stdout + done.stderr
    report = report_of(tmp_path, "mine")
    # There is a 13 in the large sample alone.
    assert [one.status for one in report.results] == ["error", "passed"]
    assert left_of(harness) == []
    found = re.search("ERROR .*/relu/float32/value/ulp: HarnessEndedError.*SIGSEGV", done.stdout)
    assert found, done.stdout


def test_its_findings_are_known_by_a_baseline_of_its_own(session, tmp_path):
    report = session().report([session().run(RETURNS_ITS_INPUT)], complete=True)
    assert report.counts["new"] == 1
    known = save_baseline(of_report(report), tmp_path, tmp_path / "known.json")
    again = session(baseline=known).run(RETURNS_ITS_INPUT)
    assert (again.status, again.fails) == ("known", False)
    with pytest.raises(ValueError, match="is a baseline of tried, not of other"):
        session(rename="other", baseline=known)


def test_what_a_finding_shows_to_paste_asks_the_program_again(session, tmp_path):
    result = session('a "quoted" \\ word').run(RETURNS_ITS_INPUT)  # goes wrong in no way
    done = subprocess.run(
        [sys.executable, "-c", result.snippet], cwd=tmp_path, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "right" in done.stdout


@pytest.mark.parametrize(
    "name", ["value/ulp", "value/special", "value/layout", "value/repeat", "value/range"]
)
def test_a_check_waits_once_for_one_that_is_silent(session, name):
    start = time.monotonic()
    result = session("silent in a call", limit=1.0).run(CHECKS[f"activation/relu/float32/{name}"])
    assert result.status == "error"
    assert "nothing came back within 1 s" in result.message
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("ends at once", "is no harness: it ended with status 3"),
        ("raises at the start", "no such kernels here"),
        ("silent at the start", "is no harness: it did not reply in time"),
        ("greets first", "got 'loading kernels'"),
        ("a name that is taken", "give it another name with --name"),
    ],
)
def test_what_is_no_harness_is_a_wrong_call_and_leaves_nothing_behind(tmp_path, how, said):
    done = check(tmp_path, how, *FEW, "--time-limit", "2")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr.partition("standard error ends with")[0]
    assert list(tmp_path.rglob("*.json*")) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--command", "x", "torch"], "not allowed with argument"),
        ([], "one of the arguments backend --command is required"),
        (["torch", "--name", "mine"], "--name goes with --command"),
        (["--command", ""], "the command is empty"),
        (["--command", "/nonexistent"], "cannot be started"),
        (["--command", "echo hello", "--name", "a/b"], "hello"),
    ],
)
def test_wrong_calls_are_told(words, said, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        status = main(["check", *words])
    except SystemExit as stopped:
        status = stopped.code
    assert status == 2
    assert said in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []
