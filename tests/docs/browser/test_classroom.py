"""The page for a class: functions come and go, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

LINES = ".actinit-of-{}"


def shown(page: Page, name: str) -> list[bool]:
    return [line.is_visible() for line in page.locator(LINES.format(name)).all()]


@pytest.mark.parametrize("width", [1280, 360])
def test_a_function_is_taken_away_and_comes_back(width: int, visit: Callable[..., Any]) -> None:
    seen = visit("classroom.html", width=width, theme="dark")
    page = seen.page
    assert all(shown(page, "sigmoid"))
    page.get_by_role("checkbox", name="sigmoid").uncheck()
    assert not any(shown(page, "sigmoid"))
    assert all(shown(page, "tanh"))
    page.get_by_role("checkbox", name="sigmoid").check()
    assert all(shown(page, "sigmoid"))
    assert not seen.errors
    assert not seen.abroad
    assert not seen.axe(contrast=True)


def test_without_scripts_too(browser: Browser, opened: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{opened.as_uri()}/classroom.html")
    page.locator("#show-relu").uncheck()
    assert not any(shown(page, "relu"))
    assert page.get_by_text("What is left of a gradient").is_visible()
    context.close()


def test_it_is_a_click_from_the_front_page(visit: Callable[..., Any]) -> None:
    seen = visit("index.html", width=360)
    seen.page.locator("article").get_by_role("link", name="For a class").click()
    seen.page.get_by_role("heading", name="Four functions on one graph").wait_for()
