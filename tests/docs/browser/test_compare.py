"""The page of comparisons: an address shows two functions, or two backends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

WIDTHS = (1280, 360)
FUNCTIONS, BACKENDS = "#compare-functions", "#compare-backends"


@pytest.mark.parametrize("width", WIDTHS)
def test_an_address_shows_two_functions(width: int, visit: Callable[..., Any]) -> None:
    seen = visit("compare.html?a=gelu&b=gelu_tanh", width=width)
    shown = seen.page.locator(FUNCTIONS)
    assert "0.0004732 at x = 2.699" in shown.inner_text()
    plots = shown.get_by_role("img")
    assert [one.get_attribute("aria-label") for one in plots.all()] == [
        "Plot of gelu and gelu_tanh for x from -6 to 6",
        "Plot of gelu less gelu_tanh for x from -6 to 6",
    ]
    assert shown.locator("polyline").count() == 3
    row = shown.locator("tr", has_text="what it is")
    assert row.locator("strong").count() == 2  # what differs is bold
    assert shown.locator("tr", has_text="value at 0").locator("strong").count() == 0
    assert shown.bounding_box()["y"] < 450  # on the screen, without a scroll
    assert not seen.errors
    assert not seen.abroad
    assert not seen.axe(contrast=True)


def test_choosing_changes_the_plots_and_the_address(visit: Callable[..., Any]) -> None:
    seen = visit("compare.html")
    shown = seen.page.locator(FUNCTIONS)
    shown.get_by_label("Function on the right").select_option("relu")
    assert parse_qs(urlsplit(seen.page.url).query) == {"a": ["gelu"], "b": ["relu"]}
    assert "0.17 at x = 0.7518" in shown.inner_text()
    shown.get_by_label("Function on the left").select_option("relu")
    assert "none: it is one function" in shown.inner_text()
    assert not seen.errors


def test_names_of_libraries_are_understood_and_others_are_told(visit: Callable[..., Any]) -> None:
    seen = visit("compare.html?a=Swish&b=hard_swish")
    shown = seen.page.locator(FUNCTIONS)
    assert shown.get_by_label("Function on the left").input_value() == "silu"
    assert shown.get_by_label("Function on the right").input_value() == "hard_silu"
    seen = visit("compare.html?a=geluu&b=tanh&left=nobody")
    said = shown.get_by_role("alert").inner_text()
    assert "“geluu” is no function of one number in the spec." in said
    assert "Did you mean" in said
    assert "gelu" in said
    assert not shown.locator("svg").count()
    assert "“nobody” is no backend" in seen.page.locator(BACKENDS).get_by_role("alert").inner_text()
    assert not seen.errors


@pytest.mark.parametrize("width", WIDTHS)
def test_an_address_shows_where_two_backends_differ(
    width: int, visit: Callable[..., Any], opened: Path
) -> None:
    """A made-up second backend is written into the page: it differs from the first in one cell."""

    def doubled(text: str) -> str:
        start, rest = text.split('id="compare-data">')
        packed, _, after = rest.partition("</script>")
        data = json.loads(packed)
        first = next(iter(data["backends"]))
        data["backends"] = {first: data["backends"][first], "made-up": "made-up 1"}
        for cell in data["cells"]:
            mine = cell["cells"].get(first)
            if mine:
                cell["cells"] = {first: mine, "made-up": mine}
        cell = next(one for one in data["cells"] if one["of"] == ["gelu", "value", "float32"])
        cell["cells"]["made-up"] = ["A", 0.5, "0.5 ulp", None]
        packed = json.dumps(data).replace("<", "\\u003c")
        return f'{start}id="compare-data">{packed}</script>{after}'

    seen = visit("index.html", width=width)
    text = (opened / "compare.html").read_text(encoding="utf-8")
    seen.page.route(
        re.compile(r"/compare\.html"),
        lambda route: route.fulfill(body=doubled(text), content_type="text/html; charset=utf-8"),
    )
    seen.page.goto(f"{opened.as_uri()}/compare.html?left=torch&right=made-up")
    shown = seen.page.locator(BACKENDS)
    (row,) = shown.locator("tbody tr").all()
    assert re.search(r"gelu\s+value\s+float32\s+D", row.inner_text())
    assert "0.5 ulp" in row.inner_text()
    assert "1 differ in the grade and 0 more" in shown.inner_text()
    assert row.get_by_role("link").get_attribute("href").startswith("checks/gelu.html#activation/")
    seen.page.unroute_all()
    assert not seen.errors


def test_without_scripts_the_nearest_of_each_is_there(browser: Browser, opened: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{opened.as_uri()}/compare.html")
    assert page.locator("tr", has_text="gelu_tanh").first.is_visible()
    context.close()
