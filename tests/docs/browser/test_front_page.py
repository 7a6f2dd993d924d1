"""The front page, by what the browser really loads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MOST_BYTES = 1_000_000


def test_front_page_is_light(visit: Callable[..., Any]) -> None:
    seen = visit("index.html")
    assert seen.files
    assert sum(file.stat().st_size for file in seen.files) < MOST_BYTES
