"""Proofs are kept as they come, put together, and their snapshot says what is not known."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from actinit.conformance.commands import main
from actinit.conformance.formats import FORMATS
from actinit.conformance.proof import compute, journal
from actinit.conformance.proof.compute import PARTS, PROVEN_FORMATS, elementwise, prove_all
from actinit.conformance.proof.piece import Case, ask_reference, digest, kept
from actinit.conformance.results.rounding import CorrectRounding
from actinit.conformance.results.store import read

SNAPSHOT = Path(__file__).parents[2] / "docs" / "measured" / "correct-rounding.json"


class Here:
    """Does the work in this process, and counts it."""

    def __init__(self):
        self.tasks = []

    def each(self, work, tasks):
        for task in tasks:
            self.tasks.append(task)
            yield work(task)


def test_what_is_done_is_not_done_again(tmp_path, monkeypatch):
    asked = (["tanh"], ["value"], ["float8_e5m2", "float16"])
    first, second, other = Here(), Here(), Here()
    found = prove_all(*asked, first, tmp_path)
    again = prove_all(*asked, second, tmp_path)
    assert len(first.tasks) == 2
    assert second.tasks == []
    for fmt in asked[2]:
        one, two = (f.entries["tanh"]["value"][fmt] for f in (found, again))
        assert (one.digest, one.seconds, one.share) == (two.digest, two.seconds, 1.0)
    # Of another reference nothing is known.
    monkeypatch.setattr(journal, "reference_digest", lambda: "another")
    prove_all(*asked, other, tmp_path)
    assert len(other.tasks) == 2


def test_a_piece_that_is_cut_short_is_done_again(tmp_path):
    asked = (["tanh"], ["value"], ["float8_e5m2"])
    prove_all(*asked, Here(), tmp_path)
    (file,) = tmp_path.rglob("piece-*.msgpack")
    file.write_bytes(file.read_bytes()[:30])
    again = Here()
    prove_all(*asked, again, tmp_path)
    assert len(again.tasks) == 1


def test_what_is_known_of_others_is_kept(tmp_path):
    before = prove_all(["tanh"], ["value"], ["float8_e5m2"], Here(), tmp_path)
    told = []
    found = prove_all(
        ["relu"], ["derivative"], ["float8_e5m2"], Here(), tmp_path, before, told.append
    )
    assert list(found.entries) == ["relu", "tanh"]
    assert len(told) == 1
    every = len(elementwise()) * len(PARTS) * len(PROVEN_FORMATS)
    assert len(found.not_run) == every - 2
    assert "relu derivative float8_e5m2" not in found.not_run
    assert "relu value float8_e5m2" in found.not_run


def test_a_wrong_reference_is_reported(tmp_path, monkeypatch, capsys):
    def ask_wrong(name, part):
        right = ask_reference(name, part)

        def ask(x):
            results = right(x)
            return np.where(x == 1, results * 2, results).astype(x.dtype)

        return ask

    monkeypatch.setattr(compute, "ask_reference", ask_wrong)

    @contextmanager
    def here(workers):
        yield Here()

    monkeypatch.setattr("actinit.conformance.parallel.ThisMachine", here)
    output = tmp_path / "correct-rounding.json"
    options = ["--only", "tanh", "--part", "value", "--formats", "float16"]
    status = main(
        ["compute", "proof", *options, "--output", str(output), "--journal", str(tmp_path)]
    )
    assert status == 1
    assert "tanh value float16: 1 of 65,536" in capsys.readouterr().out
    proven = read(output, CorrectRounding).entries["tanh"]["value"]["float16"]
    assert proven.not_correctly_rounded == 1
    assert proven.share == 1 - 2.0**-16
    assert float.fromhex(proven.wrong[0].x_hex) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--only", "softmax"], "softmax"),
        (["--formats", "float64"], "float64"),
        (["--workers", "0"], "1 or more"),
    ],
)
def test_what_cannot_be_proven_is_named(tmp_path, capsys, options, message):
    assert main(["compute", "proof", *options, "--output", str(tmp_path / "x.json")]) == 2
    assert message in capsys.readouterr().err


def test_few_cases_of_a_kind_that_hides_others():
    simple = [Case(1 + i / 8, 1.0, i * 1e-9) for i in range(30)]
    small = [Case(1.2345678 * i, 2.0**-140, i * 1e-10) for i in range(1, 30)]
    ordinary = [Case(1.2345678 + i, 1.5, -0.1 - i * 1e-3) for i in range(30)]
    found = kept([*simple, *small, *ordinary], FORMATS["float32"], 20)
    assert len(found) == 20
    assert sum(case in small for case in found) == 5
    assert sum(case in simple for case in found) == 5
    assert [abs(case.distance) for case in found] == sorted(abs(case.distance) for case in found)


def test_the_snapshot_says_what_it_does_not_know():
    snapshot = read(SNAPSHOT, CorrectRounding)
    known = {
        f"{name} {part} {fmt}"
        for name, parts in snapshot.entries.items()
        for part, formats in parts.items()
        for fmt in formats
    }
    every = {f"{n} {p} {f}" for n in elementwise() for p in PARTS for f in PROVEN_FORMATS}
    assert known | set(snapshot.not_run) == every
    assert not known & set(snapshot.not_run)


def test_results_have_the_digests_of_the_snapshot():
    """Golden: these bits on every machine, with every NumPy."""
    differ = []
    for name, parts in read(SNAPSHOT, CorrectRounding).entries.items():
        for part, formats in parts.items():
            for fmt, proven in formats.items():
                if fmt == "float32":  # takes minutes: actinit compute proof
                    assert proven.inputs == 2**32
                    continue
                with np.errstate(invalid="ignore"):  # signalling nan
                    results = np.asarray(ask_reference(name, part)(FORMATS[fmt].every()))
                if digest(results, FORMATS[fmt]).hex() != proven.digest:
                    differ.append((name, part, fmt))
    assert not differ
