"""Every check of the plan as a test: ``test_obeys_the_spec[activation/gelu/float32/value/ulp]``."""

from __future__ import annotations

import pytest

from actinit.conformance.check import Check
from actinit.conformance.initializers.plan import DEFAULT
from actinit.conformance.plan import plan
from actinit.conformance.run.collector import result_key
from actinit.conformance.run.plugin import session_key, size_key


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each check."""
    size = metafunc.config.stash.get(size_key, DEFAULT)
    metafunc.parametrize("check", plan(size=size), ids=lambda check: check.id)


def test_obeys_the_spec(check: Check, request: pytest.FixtureRequest) -> None:
    """Fail where the check's result is not what the entry leads one to expect."""
    if session_key not in request.config.stash:
        pytest.skip("name a backend with --actinit-backend")
    result = request.node.stash[result_key] = request.config.stash[session_key].run(check)
    if result.fails:
        pytest.fail(
            f"{check.id}: {result.message}\n\n"
            f"stated in: {check.clause}\nto see it:\n{result.snippet}\n",
            pytrace=False,
        )
    if result.status not in ("passed", "not-offered"):
        pytest.xfail(result.message)
    if result.status == "not-offered":
        pytest.skip(result.message)
