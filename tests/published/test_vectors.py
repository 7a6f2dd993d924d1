"""Vectors are exact, whole, by their schema, and read by the lines of the guide."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import msgspec
import numpy as np
import pytest

from actinit import reference
from actinit.conformance.commands import main
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import enclose
from actinit.conformance.published.vectors import vectors, write
from actinit.conformance.results.registry import SCHEMAS
from actinit.conformance.results.store import read
from actinit.conformance.results.vectors import Vectors, digest
from actinit.spec import UnknownNameError, activations

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "vectors.md"


def split(text, digits):
    return [int(text[at : at + digits], 16) for at in range(0, len(text), digits)]


def numbers(text, fmt):
    return fmt.from_bits(np.array(split(text, fmt.width // 4), dtype=np.uint64))


@pytest.mark.parametrize("name", ["float8_e4m3fn", "bfloat16", "float32", "float64"])
def test_results_are_the_exact_ones(name):
    fmt, found = FORMATS[name], vectors("gelu", name)
    for group in found.groups:
        x = fmt.every() if group.inputs == "every" else numbers(group.x, fmt)
        results = numbers(group.results, fmt)
        assert len(x) == len(results) == group.count
        assert (group.inputs == "every") == fmt.exhaustive
        chosen = np.linspace(0, len(x) - 1, 200).astype(int)
        chosen = chosen[np.isfinite(x[chosen].astype(np.float64))]
        points = x[chosen].astype(np.float64).tolist()
        right = enclose(activations["gelu"], group.part, points, {}, 0, [name]).rounded_to(fmt)
        assert (results[chosen] == right).all()
        # The reference is correctly rounded, and written by other hands.
        function = reference.gelu if group.part == "value" else reference.gelu.derivative
        ours = function(x)
        same = (results.view(fmt.bits) == ours.view(fmt.bits)) | np.isnan(ours.astype(float))
        assert same.all()
        for case in group.cases:
            assert split(case.x, len(case.x)) == [
                int(x[case.index : case.index + 1].view(fmt.bits)[0])
            ]
            assert case.comment
            assert set(case.flags) <= found.notes.keys()
    assert found.sha256 == digest(found.groups)


def test_cases_have_their_reasons():
    (value, slope) = vectors("relu", "float32").groups
    at_zero = [case for case in slope.cases if case.x in ("00000000", "80000000")]
    assert [("kink" in case.flags, case.accept) for case in at_zero] == [
        (True, ["00000000", "3f800000"])
    ] * 2
    assert {"special", "edge"} <= {flag for case in value.cases for flag in case.flags}
    hard = [case for case in vectors("tanh", "float32").groups[0].cases if "hard" in case.flags]
    assert len(hard) >= 20
    assert all("the middle of two numbers" in case.comment for case in hard)


def test_the_three_files_hold_the_same(tmp_path):
    found = vectors("silu", "float16")
    by_json, by_csv, by_npz = write(found, tmp_path)
    schema = json.loads((SCHEMAS / "vectors.schema.json").read_text())
    jsonschema.validate(json.loads(by_json.read_text()), schema)
    assert read(by_json, Vectors) == found
    rows = [line.split(",") for line in by_csv.read_text().splitlines() if line[0] != "#"]
    assert len(rows) == found.number_of_tests
    with np.load(by_npz) as arrays:
        for group in found.groups:
            of_part = [row for row in rows if row[2] == group.part]
            results = arrays[f"{group.part}_result"].tolist()
            assert [int(row[1], 16) for row in of_part] == results == split(group.results, 4)
            assert arrays[f"{group.part}_x"].tolist() == list(range(1 << 16))
        assert msgspec.json.decode(str(arrays["about"]))["sha256"] == found.sha256


def test_the_command_says_what_it_wrote_and_bad_input_writes_nothing(tmp_path, capsys):
    words = ["vectors", "relu", "--format", "float8_e5m2", "--as", "csv", "--output", str(tmp_path)]
    assert main(words) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["vectors-relu-float8_e5m2.csv"]
    assert "sha256" in capsys.readouterr().out
    for bad, message in {
        "gelo": "did you mean 'gelu'",
        "softmax": "a function of a row",
    }.items():
        assert main(["vectors", bad, "--output", str(tmp_path / "none")]) == 2
        assert message in capsys.readouterr().err
    assert main(["vectors", "gelu", "--format", "float33", "--output", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()
    with pytest.raises(UnknownNameError):
        vectors("gelu", "float33")


READERS = {
    "c": ("reader.c", "csv", ["gcc", "-O1", "reader.c", "-o", "reader"], ["./reader"]),
    "javascript": ("reader.mjs", "json", None, ["node", "reader.mjs"]),
    "fortran": ("reader.f90", "csv", ["gfortran", "reader.f90", "-o", "reader"], ["./reader"]),
}


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("kernel", ["right", "wrong"])
def test_the_readers_of_the_guide(tmp_path, language, kernel):
    name, kind, compiler, command = READERS[language]
    tool = (compiler or command)[0]
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    (code,) = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    if kernel == "wrong":
        wrong = code.replace("? x : 0", "? x : -1").replace("y = 0\n", "y = -1\n")
        assert wrong != code
        code = wrong
    (tmp_path / name).write_text(code)
    (file,) = write(vectors("relu", "float32"), tmp_path, (kind,))
    if compiler:
        subprocess.run(compiler, cwd=tmp_path, check=True)
    done = subprocess.run([*command, str(file)], cwd=tmp_path, capture_output=True, text=True)
    counted = re.fullmatch(r"(\d+) of (\d+) wrong", done.stdout.strip())
    assert counted, done.stdout + done.stderr
    assert int(counted[2]) > 4_000
    assert (int(counted[1]) > 0, done.returncode) == (kernel == "wrong", int(kernel == "wrong"))
