"""The functions of a folder are found, and held against the files of the spec."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from actinit.reference._registry import registered

KIND = """
import functools

class Letter:
    def __init__(self, rule):
        functools.update_wrapper(self, rule)
        self.name = rule.__name__
"""
FILES = {
    "__init__": "",
    "_kind": KIND,
    "_unfinished": "raise AssertionError('not to be imported')",
    "later": "from ._kind import Letter\n@Letter\ndef b(): ...\n",
    "sooner": "from ._kind import Letter\nfrom .later import b\n@Letter\ndef c(): ...\n"
    "@Letter\ndef a(): ...\n",
}


@pytest.fixture
def letters(tmp_path, monkeypatch):
    """Return a function that registers a package made of files, for these entries."""
    monkeypatch.syspath_prepend(tmp_path)

    def register(*entries, **more):
        folder = tmp_path / "letters"
        folder.mkdir()
        for name, text in (FILES | more).items():
            (folder / f"{name}.py").write_text(text)
        kind = import_module("letters._kind").Letter
        files = [Path("spec", "letters", f"{entry}.toml") for entry in entries]
        return registered("letter", "letters", kind, files)

    yield register
    for name in [name for name in sys.modules if name.partition(".")[0] == "letters"]:
        del sys.modules[name]


def test_every_file_is_read_and_names_are_in_order(letters):
    found = letters("a", "b", "c")
    assert list(found) == ["a", "b", "c"]
    assert found["b"].__module__ == "letters.later"  # imported elsewhere, it is not found twice
    with pytest.raises(KeyError, match="no letter is named 'B'; did you mean 'b'"):
        found["B"]


def test_an_entry_without_a_function_is_named(letters):
    with pytest.raises(ImportError, match=r"letters/d\.toml, but no file of letters defines d$"):
        letters("a", "b", "c", "d")


def test_a_function_without_an_entry_is_named(letters):
    with pytest.raises(ImportError, match=r"letters\.sooner defines letter c, which has no file"):
        letters("a", "b")


def test_a_name_that_two_files_define_is_named(letters):
    with pytest.raises(ImportError, match=r"b is defined twice: in letters\.later and letters\.s"):
        letters("a", "b", "c", sooner=FILES["later"])
