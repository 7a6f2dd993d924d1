"""Workers of this machine: all is done once, whoever dies."""

import os
import signal

import pytest
from helpers.chores import deadly, double, fragile, half_an_answer, pid, raising

from actinit.conformance.parallel import Cluster, ClusterError, ThisMachine, WorkerDiedError


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
