"""The page for who ports a model: one pair at a time, with an address; without scripts all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

SHOWN = ".actinit-pairs section:visible"


def test_an_address_shows_one_pair(visit: Callable[..., Any]) -> None:
    seen = visit("port.html#torch-to-keras", width=360)
    (section,) = seen.page.locator(SHOWN).all()
    assert section.get_attribute("id") == "torch-to-keras"
    assert "keras.layers.LeakyReLU" in section.inner_text()


def test_choosing_changes_the_table_and_the_address(visit: Callable[..., Any]) -> None:
    seen = visit("port.html")
    seen.page.get_by_label("From", exact=True).select_option("JAX")
    seen.page.get_by_label("to", exact=True).select_option("PyTorch")
    (section,) = seen.page.locator(SHOWN).all()
    assert section.get_attribute("id") == "jax-to-torch"
    assert seen.page.url.endswith("#jax-to-torch")
    seen.page.get_by_label("to", exact=True).select_option("JAX")
    assert seen.page.get_by_text("Nothing that is known here differs.").is_visible()
    assert not seen.errors


def test_without_scripts_every_pair_is_there(browser: Browser, opened: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{opened.as_uri()}/port.html")
    assert page.locator(SHOWN).count() > 10
    page.get_by_role("link", name="Keras to PyTorch").click()
    assert page.url.endswith("#keras-to-torch")
    context.close()
