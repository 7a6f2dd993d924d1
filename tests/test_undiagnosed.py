"""Looking for causes can be left out, and its own faults cost nothing but the cause."""

from __future__ import annotations

import logging

from actinit.conformance.undiagnosed import cause_search, undiagnosed


@cause_search("")
def search(divisor):
    return f"one of {1 // divisor}"


def test_a_cause_is_found_where_it_is_wanted():
    assert search(1) == "one of 1"
    with undiagnosed():
        assert search(1) == ""
    assert search(1) == "one of 1"


def test_a_search_that_fails_finds_nothing_and_is_logged(caplog):
    with caplog.at_level(logging.ERROR, "actinit"):
        assert search(0) == ""
    assert "search failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
