"""Tables that can be filtered: what is chosen stays, what is not goes, and the address says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

FACETS = {
    "findings.html": ["kind", "framework", "family", "entry", "status", "explained", "cause"],
    "findings/gelu.html": ["kind", "framework", "format", "status", "explained", "cause"],
}


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name, keys in FACETS.items() for key in keys]
)
def test_a_choice_leaves_the_findings_that_have_it(
    name: str, key: str, width: int, visit: Callable[..., Any]
) -> None:
    page = visit(name, width=width).page
    table = page.locator(".actinit-filtered")
    every = table.locator("tbody tr").count()
    choice = table.locator("label").filter(has_text=re.compile(f"^{key}")).locator("select")
    word = choice.locator("option").nth(1).text_content()
    having = table.locator(f"tbody tr[data-{key}~='{word}']").count()
    shown = table.locator("tbody tr:visible")
    assert having
    assert shown.count() == every
    choice.select_option(word)
    assert shown.count() == having
    page.reload()  # the choice stands in the address
    assert shown.count() == having
    table.get_by_role("button", name="Show all").click()
    table.get_by_text(f"{every} of {every} rows").wait_for()
    assert shown.count() == every


def test_a_tick_leaves_the_defaults_that_differ(visit: Callable[..., Any]) -> None:
    table = visit("defaults.html").page.locator("#parameters")
    differing = table.locator("tbody tr[data-differs]").count()
    assert differing < table.locator("tbody tr").count()
    table.get_by_label("only where they differ").check()
    assert table.locator("tbody tr:visible").count() == differing


@pytest.mark.parametrize("name", [*FACETS, "defaults.html"])
def test_words_that_no_row_has_leave_none(name: str, visit: Callable[..., Any]) -> None:
    seen = visit(name)
    table = seen.page.locator(".actinit-filtered").first
    assert table.locator("tbody tr:visible").count()
    table.get_by_label("with the words").fill("quaternion")
    assert not table.locator("tbody tr:visible").count()
    assert not seen.errors
