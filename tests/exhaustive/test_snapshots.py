"""The committed snapshots of exhaustive runs: whole, current, and in the entries' lists."""

from pathlib import Path

import pytest

from actinit.conformance.known.causes import causes
from actinit.conformance.results.exhaustive import ExhaustiveReport
from actinit.conformance.results.store import read

FOLDER = Path(__file__).parents[2] / "docs" / "measured"
FILES = sorted(FOLDER.glob("exhaustive-*.json"))
PUBLISHED = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "softplus", "silu")
# What a default run asks about the same numbers.
ASKED = ("ulp", "special", "range", "monotone", "symmetry")


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def report(request):
    return read(request.param, ExhaustiveReport)


def test_they_are_there():
    backends = {file.stem.removeprefix("exhaustive-") for file in FILES}
    assert {"torch", "tensorflow", "keras-jax"} <= backends


def test_the_published_functions_are_whole(report):
    swept = {(sweep.entry, sweep.part): sweep for sweep in report.sweeps}
    for name in PUBLISHED:
        for part in ("value", "derivative"):
            assert swept[name, part].complete, (name, part)
            assert swept[name, part].inputs == 2**32


def test_each_says_where_it_was_made(report):
    assert report.environment
    assert report.made.date.startswith("20")
    assert report.made.machine.model


def test_every_divergence_that_was_found_has_a_cause(report):
    for sweep in report.sweeps:
        entry = f"activation/{sweep.entry}"
        checks = [f"float32/{sweep.part}/{asked}" for asked in ASKED]
        known = [
            cause
            for cause in causes().values()
            if any(cause.concerns(entry, check, report.backend) for check in checks)
        ]
        kinds = {finding.kind for finding in sweep.outcome.findings if finding.kind}
        assert not kinds or known, (sweep.entry, sweep.part, kinds)
        assert sweep.outcome.conforms == (not kinds)
