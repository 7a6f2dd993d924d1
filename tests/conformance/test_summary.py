"""What a run says of itself in a terminal."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console
from test_session import BAD, GOOD, check_of
from wrong import Right

from actinit import spec
from actinit.conformance.checks.plan import plan
from actinit.conformance.session import Session
from actinit.conformance.summary import lines, table


def a_run():
    """A run as torch would have it: one check as expected, one not, the rest of one divergence."""
    adapter = Right()
    adapter.name = adapter.family = "torch"
    session = Session(adapter)
    session.environment = "2026-11-x86_64"
    divergence = spec.activations["gelu"].divergence[0]
    assert "torch" in divergence.backends
    for check in plan({"gelu": spec.activations["gelu"]}, {}, {}):
        if session._listed(check) == 0:
            result = session.run(check)
            assert result.divergence == 0
            session.results[-1] = msgspec.structs.replace(result, status="known")
    session.run(check_of(GOOD))
    session.run(check_of(BAD))
    return session.report(complete=False), divergence


def test_a_known_divergence_is_told_once_in_the_entry_s_words():
    report, divergence = a_run()
    told = [line for line in lines(report) if line.startswith("KNOWN")]
    assert len(told) == 1
    assert divergence.what in told[0]
    assert divergence.kind in told[0]
    assert f"{report.counts['known']} checks" in told[0]


def test_what_fails_is_told_check_by_check_and_all_is_counted():
    report, _ = a_run()
    told = list(lines(report))
    assert "FAIL   activation/relu/float32/value/ulp: off" in told
    assert told[-1].endswith("1 fail")
    assert told[-1].startswith(f"{len(report.results)} checks: 1 pass")


def test_the_table_counts_each_status():
    report, _ = a_run()
    stream = io.StringIO()
    Console(file=stream, width=120).print(table([report]))
    assert "torch (partial)" in stream.getvalue()
