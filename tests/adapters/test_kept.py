"""What is slow to make is made once, and so is the reason that it cannot be made."""

from __future__ import annotations

import pytest

from actinit.adapters import NotOffered
from actinit.adapters.kept import Kept


def test_a_thing_is_made_once_for_each_key():
    made: list[int] = []
    kept: Kept[int] = Kept()

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.get(key, make) for key in ("a", "a", "b")] == [1, 1, 2]


def test_what_is_not_offered_is_not_tried_again():
    tried: list[int] = []
    kept: Kept[int] = Kept()

    def make() -> int:
        tried.append(1)
        raise NotOffered("no kernel")

    for _ in range(2):
        with pytest.raises(NotOffered, match="no kernel"):
            kept.get("a", make)
    assert len(tried) == 1


def test_another_error_says_nothing_of_the_next_attempt():
    kept: Kept[int] = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 3) == 3
