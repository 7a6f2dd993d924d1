"""All float32 inputs of one function, with everything that can come between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from helpers.needle import WRONG_AT
from helpers.patience import PATIENCE

from actinit.conformance.results.exhaustive import ExhaustiveReport
from actinit.conformance.results.store import read

BACKEND = f"{Path(__file__).parents[1] / 'helpers' / 'needle.py'}:Needle"
# Interrupts are heeded whatever is handed down: a background job of a shell ignores Ctrl-C.
RUN = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from actinit.conformance.commands import main; raise SystemExit(main())"
)
# Where the sweep stands when something happens to it.
EARLY, LATER = 20, 120


def command(folder, *words, backend=BACKEND):
    return [
        sys.executable, "-c", RUN,
        "exhaustive", backend, "--functions", "relu", "--results", str(folder), *words,
    ]  # fmt: skip


def start(folder, *words):
    pipe = subprocess.PIPE
    return subprocess.Popen(command(folder, *words), stdout=pipe, stderr=pipe, text=True)


def chunks(folder):
    return {
        file.name: file.stat().st_mtime_ns for file in folder.glob("exhaustive/*/*/chunk-*.msgpack")
    }


def wait_for(folder, count, process):
    while len(chunks(folder)) < count:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def children(process):
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    names = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in listed}
    return [int(pid) for pid, line in names.items() if "spawn_main" in line]


def content(report):
    """Return what two reports of the same pieces share."""
    return msgspec.json.encode(msgspec.structs.replace(report, made=None))


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A sweep that Ctrl-C ended early: its folder, its chunks, its report, what it said."""
    folder = tmp_path_factory.mktemp("sweep")
    process = start(folder)
    wait_for(folder, EARLY, process)
    process.send_signal(signal.SIGINT)
    said, wrong = process.communicate(timeout=PATIENCE)
    return (
        folder,
        chunks(folder),
        read(folder / "exhaustive-Needle.json", ExhaustiveReport),
        process,
        said + wrong,
    )


@pytest.fixture(scope="module")
def finished(interrupted):
    """The same sweep, gone on with, one of its workers killed on the way."""
    folder, *_ = interrupted
    process = start(folder)
    wait_for(folder, LATER, process)
    os.kill(children(process)[0], signal.SIGKILL)
    said, wrong = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said + wrong
    return folder, chunks(folder), read(folder / "exhaustive-Needle.json", ExhaustiveReport), said


def test_an_interrupted_sweep_leaves_a_report_that_says_so(interrupted):
    _, done, report, process, said = interrupted
    assert process.returncode == 130
    assert "run the same command to go on" in said
    assert "Traceback" not in said
    assert not report.complete
    (swept,) = report.sweeps
    assert not swept.complete
    # What was not a chunk yet is not in it, and what is in it was counted once.
    assert swept.inputs == len(done) * 2**24


def test_what_is_done_is_not_done_again(interrupted, finished):
    _, before, *_ = interrupted
    _, after, *_ = finished
    assert len(after) == 256
    assert before.items() <= after.items()


def test_a_worker_that_is_killed_loses_nothing(finished):
    _, _, report, _ = finished
    assert report.complete
    assert report.sweeps[0].inputs == 2**32


def test_one_wrong_float_in_four_thousand_million_is_found(finished):
    _, _, report, said = finished
    outcome = report.sweeps[0].outcome
    assert not outcome.conforms
    assert outcome.measured["beyond"] == 1
    assert float(outcome.witness.x) == WRONG_AT
    assert float(report.sweeps[0].worst.x) == WRONG_AT
    (finding,) = outcome.findings
    assert float(finding.first) == float(finding.last) == WRONG_AT
    assert np.float32(WRONG_AT).astype(float).hex() in str(outcome.witness)
    assert repr(float(WRONG_AT)) in said


def test_what_the_backend_lacks_is_told(finished):
    _, _, report, _ = finished
    assert report.not_offered == {"relu derivative": "values only"}


def test_a_finished_sweep_has_nothing_to_do(finished):
    folder, before, report, _ = finished
    again = subprocess.run(command(folder), capture_output=True, text=True, timeout=PATIENCE)
    assert again.returncode == 0
    assert chunks(folder) == before
    assert content(read(folder / "exhaustive-Needle.json", ExhaustiveReport)) == content(report)


def test_a_cluster_says_the_same_to_the_byte(finished, tmp_path):
    distributed = pytest.importorskip("distributed")
    _, _, report, _ = finished
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        words = command(tmp_path, "--parts", "value", "--scheduler", cluster.scheduler_address)
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wait_for(tmp_path, EARLY, process)
        # The nanny of a worker that dies starts another; its chunk is given to who is there.
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    other = read(tmp_path / "exhaustive-Needle.json", ExhaustiveReport)
    assert other.sweeps == report.sweeps
    assert other.complete


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--functions", "gleu"], "did you mean 'gelu'"),
        (["--functions", "softmax"], "no function of one number is named 'softmax'"),
        (["--workers", "0"], "expected 1 or more"),
        (["--scheduler", "tcp://127.0.0.1:9"], "no Dask scheduler answers"),
    ],
)
def test_a_wrong_call_is_explained(tmp_path, words, said):
    found = subprocess.run(
        command(tmp_path, *words), capture_output=True, text=True, timeout=PATIENCE
    )
    assert found.returncode == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr
    assert not list(tmp_path.iterdir())


def test_a_backend_that_is_not_there_is_named(tmp_path):
    found = subprocess.run(
        command(tmp_path, backend="trch"), capture_output=True, text=True, timeout=PATIENCE
    )
    assert found.returncode == 2
    assert "trch" in found.stderr
    assert "Traceback" not in found.stderr
