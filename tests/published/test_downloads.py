"""The vectors of the site: every file reads as what it is, and what has not changed is kept."""

from __future__ import annotations

import csv
import gzip
import io

import msgspec
import numpy as np
import pytest

from actinit.conformance.commands import main
from actinit.conformance.formats import FORMATS
from actinit.conformance.published import downloads
from actinit.conformance.results.store import read
from actinit.conformance.results.vectors import VectorFiles, Vectors, digest


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    told = []
    found = downloads.compute(folder, ["relu"], ["float8_e5m2", "bfloat16", "float32"], told.append)
    assert told == found.vectors
    return folder


def test_the_list_says_what_is_in_the_files(written):
    listed = read(written / downloads.INDEX, VectorFiles)
    assert [one.format for one in listed.vectors] == ["float8_e5m2", "bfloat16", "float32"]
    for one in listed.vectors:
        kinds = [name.partition(".")[2] for name in one.files]
        assert kinds == list(downloads.kinds_of(FORMATS[one.format]))
        for name, size in one.files.items():
            file = written / "vectors" / name
            content = file.read_bytes()
            assert len(content) == size < 500_000
            if name.endswith(".gz"):
                content = gzip.decompress(content)
            if ".json" in name:
                vectors = msgspec.json.decode(content, type=Vectors)
                assert digest(vectors.groups) == vectors.sha256 == one.sha256
                assert vectors.number_of_tests == one.number_of_tests
                assert sum(len(group.cases) for group in vectors.groups) == one.with_reason > 0
            elif ".csv" in name:
                lines = [line for line in content.decode().splitlines() if line[0] != "#"]
                assert len(list(csv.reader(lines))) == one.number_of_tests
            else:
                with np.load(io.BytesIO(content)) as arrays:
                    assert len(arrays["value_x"]) == one.number_of_tests // 2


def test_the_same_is_not_written_again_and_what_is_damaged_is(written):
    told = []
    before = (written / downloads.INDEX).read_bytes()
    downloads.compute(written, ["relu"], ["float8_e5m2", "float32"], told.append)
    assert told == []
    assert (written / downloads.INDEX).read_bytes() == before
    (written / "vectors" / "vectors-relu-float8_e5m2.csv").write_text("cut", "ascii")
    downloads.compute(written, ["relu"], ["float8_e5m2", "float32"], told.append)
    assert [one.format for one in told] == ["float8_e5m2"]
    assert (written / downloads.INDEX).read_bytes() == before


def test_what_was_made_from_something_else_is_made_anew(written):
    listed = read(written / downloads.INDEX, VectorFiles)
    stale = [msgspec.structs.replace(one, made_from="") for one in listed.vectors[:1]]
    changed = msgspec.structs.replace(listed, vectors=[*stale, *listed.vectors[1:]])
    (written / downloads.INDEX).write_bytes(msgspec.json.encode(changed))
    told = []
    assert downloads.compute(written, ["relu"], ["float8_e5m2"], told.append) == listed
    assert len(told) == 1


def test_a_list_that_is_damaged_counts_for_nothing(tmp_path):
    (tmp_path / downloads.INDEX).write_text("{", "utf-8")
    found = downloads.compute(tmp_path, ["relu"], ["float8_e5m2"])
    assert read(tmp_path / downloads.INDEX, VectorFiles) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--only", "geluu"], "did you mean 'gelu'"), (["--only", "softmax"], "softmax"),
     (["--formats", "fp4"], "no format is named 'fp4'")],
)  # fmt: skip
def test_bad_words_are_told_and_nothing_is_written(tmp_path, capsys, words, said):
    assert main(["compute", "vectors", *words, "--output", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
