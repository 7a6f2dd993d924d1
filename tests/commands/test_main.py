"""The command line as a whole: what it lists, says and refuses."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from actinit.conformance.commands import main
from actinit.conformance.commands.main import COMMANDS

NAMES = [name for group in COMMANDS.values() for name in group]


def test_help_lists_each_command_in_a_group(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for group, commands in COMMANDS.items():
        after = said.partition(f"\n{group}:\n")[2].partition("\n\n")[0]
        assert [line.split()[0] for line in after.splitlines()] == list(commands)


@pytest.mark.parametrize("name", NAMES)
def test_each_command_has_help_that_says_what_it_does(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: actinit {name}")
    description = said.split("\n\n")[1]
    assert description[0].isupper()
    assert "``" not in description.partition("\n")[0]


@pytest.mark.parametrize("words", [["list"], ["check", "--help"]])
def test_a_reader_that_has_seen_enough_ends_a_command_without_a_word(words):
    command = subprocess.Popen(
        [sys.executable, "-m", "actinit", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    command.stdout.close()
    said = command.stderr.read()
    command.stderr.close()
    assert said == b""
    assert command.wait() in (0, 141)  # argparse itself says nothing of help that nobody reads


def test_the_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"actinit {version('actinit')}\n"


def test_without_a_command_the_help_is_shown_as_a_wrong_call(capsys):
    assert main([]) == 2
    assert "usage: actinit COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "hint"), [("chekc", "did you mean check?"), ("zzzz", "expected one of check,")]
)
def test_an_unknown_command_is_told_what_there_is(word, hint, capsys):
    assert main([word]) == 2
    said = capsys.readouterr().err
    assert repr(word) in said
    assert hint in said


def test_help_loads_no_framework_and_nothing_compiled():
    code = (
        "import sys; from actinit.conformance.commands import main; main(['--help']); "
        "print(sorted({'numba', 'flint', 'torch', 'scipy', 'pytest'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
