"""What a command is given and cannot use: what was wrong, what to do, and nothing half-written."""

from __future__ import annotations

import pytest
from helpers.command_line import actinit

from actinit.conformance.commands import main
from actinit.conformance.commands.main import COMMANDS

ABSENT = "there-is-none"
#: Wrong words after ``actinit``, and what is said to them; a file of the name ``cut.*`` is damaged.
BAD = [
    ("baseline write torch", "run: actinit check torch"),
    ("baseline diff trch", "run: actinit check trch"),
    ("bench drws", "invalid choice: 'drws'"),
    ("claims --no-such-option", "unrecognized arguments: --no-such-option"),
    ("compare jax==0.1 jax==0.2", "actinit history jax --releases 0.1"),
    ("compare jx==0.1 jax==0.2", "did you mean 'jax'?"),
    ("compare jax jax", "=="),
    ("compute answers torch", "run: actinit check torch"),
    ("compute exports trch", "did you mean 'torch'?"),
    ("compute hard-cases --only gelux", "did you mean 'gelu'?"),
    ("compute proof --only gelux", "did you mean 'gelu'?"),
    ("compute vectors --only gelux", "did you mean 'gelu'?"),
    ("depth --backends trch", "choose from"),
    ("diff keras trch", "did you mean 'torch'?"),
    ("diff keras torch dens", "did you mean 'dense'?"),
    ("dispatch trch", "did you mean 'torch'?"),
    ("exhaustive trch", "did you mean 'torch'?"),
    ("exhaustive numpy -k gelux", "gelu"),
    ("export he_normul --shape 3,4 --seed 1", "did you mean 'he_normal'?"),
    ("export he_normal --shape 3,x --seed 1", "3,x"),
    ("history trch", "did you mean 'torch'?"),
    (f"identify {ABSENT}.py:f", f"there is no file {ABSENT}.py"),
    (f"inspect {ABSENT}.npz", f"{ABSENT}.npz: no such file"),
    ("inspect cut.json", "expected a file that ends in .safetensors"),
    ("list --no-such-option", "unrecognized arguments: --no-such-option"),
    ("parity trch", "did you mean 'torch'?"),
    ("summary", "run: actinit check BACKEND"),
    ("train --backend trch", "did you mean 'torch'?"),
    (f"audit {ABSENT}.csv", f"{ABSENT}.csv: there is no such file"),
    ("audit cut.csv", "cut.csv: is empty"),
    ("audit cut.json", "cut.json: damaged"),
    ("vectors gelux", "did you mean 'gelu'?"),
    ("vectors gelu --format float33", "did you mean 'float32'?"),
]
#: What is told by pytest, which runs the checks, in a process of its own.
BAD_CHECKS = [
    ("check trch", "actinit: no backend is named 'trch'; did you mean 'torch'?"),
    ("check numpy -k geluu", "no check has 'geluu' in its id; near it are gelu"),
    (f"check --command {ABSENT}", f"'{ABSENT}' cannot be started"),
    ("check --command true", "'true' is no harness: it ended with status 0"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with files that are cut short, which nothing may be added to."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cut.csv").write_bytes(b"")
    (tmp_path / "cut.json").write_text('{"a":')
    return tmp_path


def files(folder):
    return {file: file.stat().st_size for file in folder.rglob("*") if file.is_file()}


def test_every_command_has_its_bad_input():
    named = {words.split()[0] for words, _ in [*BAD, *BAD_CHECKS]}
    assert named == {name for group in COMMANDS.values() for name in group}


@pytest.mark.parametrize(("words", "told"), BAD, ids=[words for words, _ in BAD])
def test_a_wrong_call_is_told_and_writes_nothing(folder, capsys, words, told):
    before = files(folder)
    try:
        status = main(words.split())
    except SystemExit as ended:  # as argparse does
        status = ended.code
    said = capsys.readouterr().err
    assert told in said
    assert "Errno" not in said
    assert (status, files(folder)) == (2, before)


@pytest.mark.parametrize(("words", "told"), BAD_CHECKS, ids=[words for words, _ in BAD_CHECKS])
def test_a_wrong_check_is_told_and_writes_nothing(folder, words, told):
    before = files(folder)
    done = actinit(folder, *words.split())
    said = done.stdout + done.stderr
    assert told in said
    assert "Traceback" not in said
    assert "--actinit-" not in said  # the options of another program
    assert (done.returncode, files(folder)) == (2, before)
