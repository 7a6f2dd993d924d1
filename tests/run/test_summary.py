"""What a run says of itself in a terminal."""

from __future__ import annotations

import io

import msgspec
from helpers.made_checks import BAD, GOOD, check_of
from helpers.wrong import Right
from rich.console import Console

from actinit.conformance.known.causes import causes
from actinit.conformance.results.standing import Standing
from actinit.conformance.run.session import Session
from actinit.conformance.run.summary import lines, table


def a_run():
    """One check that passes, one that does not, two that are known: one of them explained."""
    session = Session(Right())
    session.run(check_of(GOOD))
    bad = session.run(check_of(BAD))
    for slug in (next(iter(causes()), None), None):
        known = Standing(key="beyond/negative/1", status="known", cause=slug)
        session.results.append(
            msgspec.structs.replace(bad, status="known", fails=False, standings=[known])
        )
    return session.report(complete=False)


def test_a_cause_is_told_once_and_what_has_none_is_counted():
    told = [line for line in lines(a_run()) if line.startswith("KNOWN")]
    for slug, cause in list(causes().items())[:1]:
        assert any(slug in line and cause.what in line for line in told)
    assert any("without a cause" in line for line in told)


def test_what_fails_is_told_check_by_check_and_all_is_counted():
    report = a_run()
    told = list(lines(report))
    assert "NEW      activation/relu/float32/value/ulp: off" in told
    assert "4 checks: 1 passed, 2 known, 1 new; 1 failed" in told
    assert told[-1] == f"findings without a cause: {report.unexplained}"


def test_news_that_does_not_fail_is_told_in_brackets():
    report = a_run()
    news = [msgspec.structs.replace(one, fails=False) for one in report.results]
    told = list(lines(msgspec.structs.replace(report, results=news)))
    assert "(new)    activation/relu/float32/value/ulp: off" in told


def test_the_table_counts_each_status():
    stream = io.StringIO()
    Console(file=stream, width=160).print(table([a_run()]))
    text = stream.getvalue()
    assert "own (partial)" in text
    for status in ("passed", "known", "worse", "new", "better", "gone", "void", "error"):
        assert status in text
