"""Workers of this machine: all is done once, whoever dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.chores import (
    caches,
    deadly,
    double,
    fragile,
    half_an_answer,
    pid,
    raising,
)
from helpers.patience import PATIENCE

from actinit.conformance.parallel import (
    Cluster,
    ClusterError,
    ThisMachine,
    WorkerDiedError,
    own_caches,
)

# What starts workers that are busy for longer than any test waits, and says which they are.
POOL = """
import os, time
from actinit.conformance.parallel import pool
if __name__ == "__main__":
    with pool(1) as processes:
        print(processes.submit(os.getpid).result(), flush=True)
        processes.submit(time.sleep, 10 * {patience}).result()
"""
MACHINE = """
import time
from actinit.conformance.parallel import ThisMachine
if __name__ == "__main__":
    with ThisMachine(1) as machine:
        machine._idle(())
        print(machine._workers[0]._process.pid, flush=True)
        list(machine.each(time.sleep, [10 * {patience}]))
"""


@pytest.fixture(scope="module")
def machine():
    with ThisMachine(2) as executor:
        yield executor


def test_every_task_is_done_once(machine):
    assert sorted(machine.each(double, range(20))) == [(n, 2 * n) for n in range(20)]


def test_workers_serve_again(machine):
    first = dict(machine.each(pid, range(4)))
    second = dict(machine.each(pid, range(4)))
    assert set(first.values()) & set(second.values())


def test_a_worker_that_is_killed_loses_nothing(machine, tmp_path):
    tasks = [(n, str(tmp_path)) for n in range(12)]
    assert sorted(machine.each(fragile, tasks)) == list(range(12))
    assert (tmp_path / "died").exists()


def test_a_worker_that_is_killed_in_the_middle_of_its_answer_loses_nothing(machine, tmp_path):
    tasks = [(n, str(tmp_path)) for n in range(12)]
    assert sorted(machine.each(half_an_answer, tasks)) == list(range(12))
    assert (tmp_path / "died").exists()


def test_a_worker_that_dies_idle_is_replaced(machine):
    for victim in set(dict(machine.each(pid, range(8))).values()):
        os.kill(victim, signal.SIGKILL)
    assert sorted(machine.each(double, range(6))) == [(n, 2 * n) for n in range(6)]


def test_a_task_that_kills_every_worker_is_not_tried_for_ever(machine):
    with pytest.raises(WorkerDiedError, match="3 times in a row"):
        list(machine.each(deadly, [7]))


def test_what_a_task_raises_is_raised(machine):
    with pytest.raises(ValueError, match="no 5"):
        list(machine.each(raising, [5]))


def test_a_scheduler_that_is_not_there_is_named():
    pytest.importorskip("dask.distributed")
    with pytest.raises(ClusterError, match=r"no Dask scheduler .*127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")


@pytest.mark.parametrize("starting", [POOL, MACHINE], ids=["pool", "machine"])
def test_workers_end_when_their_parent_is_killed(starting, tmp_path):
    program = tmp_path / "starting.py"
    program.write_text(starting.format(patience=PATIENCE))
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        assert runs(worker)
        parent.kill()
    while runs(worker):  # or the test's own limit ends it
        time.sleep(0.05)


def runs(worker):
    """Say whether there is such a process, other than one that waits to be buried."""
    try:
        state = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def test_each_worker_compiles_into_a_folder_of_its_own(machine):
    folders = dict(machine.each(caches, range(8)))
    assert len(set(folders.values())) == 2
    for worker in set(folders.values()):
        os.kill(worker[0], signal.SIGKILL)
    # One that takes another's place takes its folder, too.
    again = dict(machine.each(caches, range(8)))
    assert {folder for _, folder in again.values()} == {folder for _, folder in folders.values()}


def test_folders_of_workers_lie_in_the_one_that_is_told(monkeypatch, tmp_path):
    name = "TORCHINDUCTOR_CACHE_DIR"
    monkeypatch.setenv(name, str(tmp_path))
    assert own_caches("gw0") == {name: str(tmp_path / "gw0")}
    monkeypatch.delenv(name)
    assert own_caches("gw0") != own_caches("gw1")
