"""``-k``: words that are other names of entries, and words that are no names."""

from __future__ import annotations

import pytest

from actinit.conformance.commands import main
from actinit.conformance.plan import plan
from actinit.conformance.run.selection import near_names, with_entry_names

IDS = [check.id for check in plan()]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("gelu and float32", "gelu and float32"),
        ("hardswish", "(hard_silu)"),
        ("kaiming_normal and not float16", "(he_normal) and not float16"),
        ("torch.nn.Linear or relu", "(identity or dense) or relu"),
        ("linear", "(linear or identity or dense)"),  # as bilinear has it in its id
        ("softm", "softm"),
        ("activation/gelu/float32/value/ulp", "activation/gelu/float32/value/ulp"),
        ("nothing", "nothing"),
    ],
)
def test_other_names_of_an_entry_select_it(typed, taken):
    assert with_entry_names(typed, IDS)[0] == taken


def test_what_was_taken_for_what_is_told():
    assert with_entry_names("gelu", IDS)[1] == []
    notes = with_entry_names("kaiming_normal", IDS)[1]
    assert notes[0] == "kaiming_normal is he_normal"
    assert "jax or flax calls kaiming_normal is he_truncated_normal" in notes[1]


def test_near_names_are_those_of_words_that_no_check_has():
    (line,) = near_names("gleu and float32", IDS)
    assert line.startswith("no check has 'gleu' in its id; near it are gelu")
    assert "kaiming" in near_names("kaiming_unifrm", IDS)[0]
    assert near_names("zzzz", IDS) == ["no check has 'zzzz' in its id; no name is near 'zzzz'"]
    assert "not all are in one" in near_names("gelu and zeros", IDS)[0]


def test_the_command_says_so_and_ends_as_a_wrong_call(tmp_path, capsys):
    assert main(["check", "numpy", "-k", "gleu", "--results", str(tmp_path)]) == 2
    assert "near it are gelu" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    words = [
        "check",
        "numpy",
        "-k",
        "hardswish and float16 and special",
        "--results",
        f"{tmp_path}",
    ]
    assert main(words) == 0
    assert "hardswish is hard_silu" in capsys.readouterr().err
