"""The bar that a person sees who waits."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from actinit.conformance.run.progress import Bar


@pytest.fixture
def screen():
    return Console(file=io.StringIO(), force_terminal=True, width=120)


def report(**fields):
    found = pytest.TestReport.__new__(pytest.TestReport)
    vars(found).update({"when": "call", "outcome": "passed", **fields})
    return found


def test_a_bar_tells_the_backend_the_check_and_how_far_it_is(screen):
    bar = Bar("torch", screen)
    running = bar.pytest_runtestloop(SimpleNamespace(items=[None] * 4))
    next(running)
    bar.pytest_runtest_logstart("suite.py::test_obeys_the_spec[layer/dense/apart]")
    bar.pytest_runtest_logfinish()
    with pytest.raises(StopIteration) as stopped:
        running.send(True)
    assert stopped.value.value is True
    drawn = screen.file.getvalue()
    for text in ("torch", "layer/dense/apart", "1/4"):
        assert text in drawn


def test_checks_in_other_processes_are_counted_once_these_know_them(screen):
    bar = Bar("torch", screen)
    running = bar.pytest_runtestloop(SimpleNamespace(items=[]))
    next(running)
    bar.pytest_xdist_node_collection_finished(["one", "two", "three"])
    bar.pytest_runtest_logfinish()
    with pytest.raises(StopIteration):
        running.send(True)
    assert "1/3" in screen.file.getvalue()


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, "passed"),
        ({"outcome": "failed"}, "failed"),
        ({"outcome": "skipped"}, "skipped"),
        ({"outcome": "skipped", "wasxfail": "known"}, "xfailed"),
    ],
)
def test_a_check_is_counted_and_prints_no_letter(screen, fields, outcome):
    category, letter, _ = Bar("torch", screen).pytest_report_teststatus(report(**fields))
    assert (category, letter) == (outcome, "")


def test_what_is_no_check_is_left_to_pytest(screen):
    assert Bar("torch", screen).pytest_report_teststatus(report(when="setup")) is None
