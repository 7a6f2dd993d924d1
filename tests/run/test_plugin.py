"""The suite as people run it: through pytest and through the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import msgspec
import pytest
from helpers.command_line import actinit

from actinit import adapters, spec
from actinit.conformance.commands import main
from actinit.conformance.commands.options import draws
from actinit.conformance.known.baseline import of_report
from actinit.conformance.known.files import save_baseline
from actinit.conformance.results.answers import Answers
from actinit.conformance.results.conformance import STATUSES, ConformanceReport
from actinit.conformance.results.store import read, save
from actinit.conformance.run.schedule import ByEntry
from actinit.conformance.run.session import Session

#: What -k relu selects.
RELUS = {name for name in spec.activations if "relu" in name}


def pytest_in(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_backend_alone_collects_the_suite(tmp_path):
    done = pytest_in(tmp_path, "--actinit-backend=numpy", "-k", "relu and float16")
    assert done.returncode == 0, done.stdout
    assert "actinit: numpy" in done.stdout
    report = read(
        tmp_path / "build" / "results" / "conformance-numpy.partial.json", ConformanceReport
    )
    assert not report.complete
    assert report.counts["passed"] > 10
    # NumPy has no modes to compare.
    assert report.counts["passed"] + report.counts["not-offered"] == len(report.results)
    recorded = read(tmp_path / "build" / "results" / "answers-numpy.partial.json", Answers)
    assert {answer.entry for answer in recorded.answers} == RELUS


def test_an_adapter_in_a_file_is_taken_and_its_failures_are_shown(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "from actinit.adapters import Adapter, NotOffered\n"
        "class Mine(Adapter):\n"
        "    name = family = 'mine'\n"
        "    def versions(self): return {}\n"
        "    def value(self, entry, x, parameters):\n"
        "        if entry.name != 'relu': raise NotOffered('only relu')\n"
        "        return np.where(x > 0, x, x.dtype.type(0))\n"
    )
    done = pytest_in(tmp_path, "--actinit-backend=mine.py:Mine", "-k", "relu and float32")
    assert done.returncode == 1
    assert "activation/relu/float32/value/special" in done.stdout
    assert "at x = nan is 0.0" in done.stdout
    assert "spec/activations/relu.toml [special]" in done.stdout
    assert 'adapters.load("mine.py:Mine")' in done.stdout
    report = read(
        tmp_path / "build" / "results" / "conformance-mine.partial.json", ConformanceReport
    )
    recorded = read(tmp_path / "build" / "results" / "answers-mine.partial.json", Answers)
    assert {(answer.entry, answer.part) for answer in recorded.answers} == {("relu", "value")}
    assert report.counts["new"] == 1
    assert report.counts["passed"] > 0
    assert report.counts["not-offered"] > 0


def test_several_processes_find_what_one_does(tmp_path):
    found = []
    for words in ([], ["-n", "2"]):
        done = pytest_in(
            tmp_path, "--actinit-backend=numpy", "-k", "(relu or eye) and float16", *words
        )
        assert done.returncode == 0, done.stdout
        report = read(
            tmp_path / "build" / "results" / "conformance-numpy.partial.json", ConformanceReport
        )
        found.append([msgspec.structs.replace(one, seconds=0.0) for one in report.results])
    assert found[0] == found[1]
    assert {one.entry for one in found[0]} == {*RELUS, "eye"}


def test_a_backend_that_ends_its_process_costs_one_check(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import os\n"
        "from actinit.adapters.numpy.adapter import NumPy\n"
        "class Mine(NumPy):\n"
        "    def layer(self, entry, x, parameters):\n"
        "        if entry.name == 'relu': os._exit(3)\n"
        "        return super().layer(entry, x, parameters)\n"
    )
    words = ("--actinit-backend=mine.py:Mine", "-k", "relu and (float16 or layer)", "-n", "2")
    done = pytest_in(tmp_path, *words)
    assert done.returncode == 1
    assert "crashed while running" in done.stdout
    assert "1 failed" in done.stdout
    assert "activation/relu/layer: ProcessEndedError: the backend ended the process" in done.stdout
    report = read(
        tmp_path / "build" / "results" / "conformance-numpy.partial.json", ConformanceReport
    )
    assert report.counts["passed"] > 10
    (ended,) = (one for one in report.results if one.status == "error")
    assert ended.id == "activation/relu/layer"
    # Once it is known, it fails no more.
    baseline = tmp_path / "known.json"
    save_baseline(of_report(msgspec.structs.replace(report, complete=True)), file=baseline)
    done = pytest_in(tmp_path, *words, f"--actinit-baseline={baseline}")
    assert done.returncode == 0, done.stdout
    assert "1 known" in done.stdout


def test_a_narrowed_run_outlives_a_backend_that_ends_its_process(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import os\n"
        "from actinit.adapters.numpy.adapter import NumPy\n"
        "class Mine(NumPy):\n"
        "    def layer(self, entry, x, parameters): os._exit(3)\n"
    )
    words = "activation/relu/layer or activation/relu/float16/value/special"
    done = actinit(tmp_path, "check", "mine.py:Mine", "-k", words)
    assert done.returncode == 1, done.stderr
    file = tmp_path / "build" / "results" / "conformance-numpy.partial.json"
    results = read(file, ConformanceReport).results
    assert {one.id.split("/")[-1]: one.status for one in results} == {
        "layer": "error", "special": "passed",
    }  # fmt: skip


def test_a_check_that_breaks_in_the_suite_is_told_as_such(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from actinit.adapters.numpy.adapter import NumPy\n"
        "from actinit.conformance.run.session import Session\n"
        "run = Session.run\n"
        "def broken(self, check):\n"
        "    if check.id.endswith('float16/value/ulp'): raise KeyError('derivative')\n"
        "    return run(self, check)\n"
        "Session.run = broken\n"
        "class Mine(NumPy):\n"
        "    pass\n"
    )
    done = pytest_in(tmp_path, "--actinit-backend=mine.py:Mine", "-k", "/relu/float16/value")
    assert done.returncode == 1
    (told,) = (line for line in done.stdout.splitlines() if line.startswith("BROKEN"))
    assert told == (
        "BROKEN   activation/relu/float16/value/ulp: KeyError: 'derivative' "
        "(raised by actinit itself)"
    )


def test_what_looks_at_one_sample_stays_together():
    scope = ByEntry._split_scope
    of = "suite/test_conformance.py::test_obeys_the_spec[{}]".format
    assert scope(None, of("activation/gelu/float32/value/ulp")) == "activation/gelu"
    assert scope(None, of("activation/gelu/defaults")) == "activation/gelu"
    assert scope(None, of("initializer/he_normal/float32/tails")) == "initializer/he_normal/float32"


def test_a_thorough_run_counts_rare_events_in_as_many_draws_as_are_asked_for(tmp_path):
    done = pytest_in(
        tmp_path, "--actinit-backend=numpy", "--actinit-thorough", "--actinit-draws=4194305",
        "-k", "stream and random_normal", "-n", "2",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    report = read(
        tmp_path / "build" / "results" / "conformance-numpy.partial.json", ConformanceReport
    )
    (result,) = report.results
    assert result.id == "initializer/random_normal/float32/stream"
    assert result.outcome.measured["n"] == 2**23  # whole tensors
    assert {"upper_8", "lower_4", "fourth_moment"} < set(result.outcome.measured)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--actinit-draws=1073741824"], "goes with --thorough"),
        (["--actinit-thorough", "--actinit-draws=100"], "expected a number of draws from"),
    ],
)
def test_a_number_of_draws_that_cannot_be_is_refused(words, complaint, tmp_path):
    done = pytest_in(tmp_path, "--actinit-backend=numpy", *words)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"--actinit-draws: {complaint}" in done.stderr.replace("a number of draws goes", "goes")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--draws", "2^30"], "--draws: a number of draws goes with --thorough"),
        (["--thorough", "--draws", "2^21"], "from 4,194,304 (2^22)"),
        (["--thorough", "--draws", "2^41"], "to 1,099,511,627,776 (2^40)"),
    ],
)
def test_draws_out_of_reason_are_refused_by_the_command(words, complaint, capsys):
    assert main(["check", "numpy", *words]) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("text", ["many", "-1", "3^4", "2^", "2^-3", "1e9", ""])
def test_a_number_of_draws_that_is_none_is_refused(text, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["check", "numpy", "--thorough", f"--draws={text}"])
    assert stopped.value.code == 2
    assert "expected a number of draws, such as 2^30" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "count"), [("2^30", 2**30), ("2**30", 2**30), ("1073741824", 2**30), ("5000000", 5e6)]
)
def test_a_number_of_draws_is_written_as_people_do(text, count):
    assert draws(text) == count


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "two"])
def test_a_number_of_processes_that_is_none_is_refused(count, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["check", "numpy", "--workers", count])
    assert stopped.value.code == 2
    assert "expected a whole number from 1 on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("trch", "did you mean 'torch'?"),
        ("nowhere.py:Mine", "there is no file nowhere.py; expected package"),
        ("json:loads", "json has no class 'loads' that derives"),
    ],
)
def test_a_backend_that_is_not_there_is_a_usage_error(tmp_path, name, words):
    done = pytest_in(tmp_path, f"--actinit-backend={name}")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_time_limit_of_nothing_is_refused(tmp_path):
    done = pytest_in(tmp_path, "--actinit-backend=numpy", "--actinit-time-limit=0")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "expected seconds above 0" in done.stderr


def test_list_names_all(capsys):
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    for word in ("gelu_tanh", "he_normal", "keras-tensorflow"):
        assert word in shown


def test_summary_without_results_says_what_to_run(tmp_path, capsys):
    assert main(["summary", "--results", str(tmp_path)]) == 2
    assert "run: actinit check BACKEND" in capsys.readouterr().err


def test_summary_in_a_pipe_shortens_no_name(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    run = Session(adapters.load("numpy")).report(complete=True)
    run = msgspec.structs.replace(run, backend="tensorflow-function")
    save(run, tmp_path / "conformance-tensorflow-function.json")
    assert main(["summary", "--results", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "tensorflow-function" in said
    assert all(status in said for status in STATUSES)


def test_summary_writes_a_badge_for_each_backend(tmp_path, capsys):
    save(Session(adapters.load("numpy")).report(complete=True), tmp_path / "conformance-numpy.json")
    folder = tmp_path / "not there yet" / "badges"
    assert main(["summary", "--results", str(tmp_path), "--badges", str(folder)]) == 0
    (file,) = folder.iterdir()
    assert str(file) in capsys.readouterr().out.replace("\n", "")
    assert json.loads(file.read_text(encoding="utf-8"))["label"].startswith("actinit: numpy")


def test_check_of_an_unknown_backend_exits_with_2(tmp_path, capsys):
    assert main(["check", "trch", "--results", str(tmp_path)]) == 2
