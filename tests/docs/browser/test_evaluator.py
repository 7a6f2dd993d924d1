"""The evaluator's panel: an address opens it at an answer, what is chosen becomes an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

WIDTHS = (1280, 360)
GELU = "activations/gelu.html"


def query(seen: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(seen.page.url).query)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_address_opens_at_the_panel_with_the_answer(
    width: int, visit: Callable[..., Any]
) -> None:
    seen = visit(f"{GELU}?x=-5.5&format=bfloat16", width=width)
    said = seen.page.locator("#evaluator-panel [role=status]")
    assert said.text_content() == "gelu(-5.5) in bfloat16: -1.043e-07"
    box = said.bounding_box()
    assert 0 < box["y"] < 900  # on the screen, without a scroll
    assert "64 ulp" in seen.page.locator("#evaluator-panel dl").inner_text()  # the cap, 2^(8 - 2)
    # -5.5 is none of the few inputs that stand in the page: all of the format are loaded.
    seen.page.locator("#evaluator-panel tbody tr").first.wait_for()
    assert not seen.errors
    assert not seen.abroad


@pytest.mark.parametrize("width", WIDTHS)
def test_a_second_derivative_is_exact_and_stands_beside_the_others(
    width: int, visit: Callable[..., Any]
) -> None:
    seen = visit(f"{GELU}?x=-1&format=float32&part=second", width=width)
    said = seen.page.locator("#evaluator-panel [role=status]")
    facts = seen.page.locator("#evaluator-panel dl")
    # mpmath: phi(1) = 0.2419707245191433497978...
    assert said.text_content() == "gelu″(-1.0) in float32: 0.24197072"
    assert "0.24197072451914334979783" in facts.inner_text()
    assert "gelu\N{PRIME}(-1.0) in float32: -0.08331547" in facts.inner_text()
    assert "gelu(-1.0) in float32: -0.15865526" in facts.inner_text()
    assert re.search(r"budget\s+[\d.]+ ulp", facts.inner_text())
    assert query(seen) == {"x": ["-1"], "format": ["float32"], "part": ["second"]}
    assert not seen.errors


def test_where_there_is_no_second_derivative_the_page_says_so(visit: Callable[..., Any]) -> None:
    seen = visit("activations/elu.html?x=0&part=second")
    panel = seen.page.locator("#evaluator-panel")
    assert "elu″(0.0) in float32: has no value" in panel.inner_text()
    assert "There is no second derivative here" in panel.inner_text()
    seen = visit("activations/elu.html?x=inf&part=second")
    assert "states no limits" in panel.inner_text()
    assert not seen.errors


def test_what_is_chosen_stands_in_the_address(visit: Callable[..., Any]) -> None:
    seen = visit(GELU)
    assert query(seen) == {}  # nobody has asked anything
    seen.page.get_by_label("Input x").fill("1/3")
    seen.page.get_by_label("Format", exact=True).select_option("float16")
    seen.page.get_by_label("Of the function").select_option("derivative")
    wanted = {"x": ["1/3"], "format": ["float16"], "part": ["derivative"]}
    assert query(seen) == wanted
    said = seen.page.locator("#evaluator-panel [role=status]").text_content()
    seen.page.reload()
    assert seen.page.locator("#evaluator-panel [role=status]").text_content() == said
    assert not seen.errors


def test_a_result_of_one_s_own_has_a_verdict(visit: Callable[..., Any]) -> None:
    seen = visit(f"{GELU}?x=-6&format=float32&got=-0.0")
    (own,) = seen.page.locator("#evaluator-panel tbody tr", has_text="your result").all()
    assert "beyond the budget" in own.inner_text()
    said = seen.page.locator("#evaluator-panel [role=status]").text_content()
    result = said.split(": ")[1]
    seen.page.get_by_label("Your result").fill(result)
    seen.page.get_by_label("Your result").press("Enter")
    assert "right" in own.inner_text()
    assert query(seen)["got"] == [result]
    seen.page.get_by_label("Your result").fill("six")
    seen.page.get_by_label("Your result").press("Enter")
    assert "“six” is no number" in seen.page.get_by_role("alert").inner_text()


def test_bits_and_parameters_are_understood(visit: Callable[..., Any]) -> None:
    seen = visit("activations/leaky_relu.html?x=c0c0&format=bfloat16&negative_slope=0.5")
    said = seen.page.locator("#evaluator-panel [role=status]").text_content()
    assert said == "leaky_relu(-6.0) in bfloat16: -3.0"
    assert "default parameters only" in seen.page.locator("#evaluator-panel").inner_text()


def test_the_answer_is_copied_with_its_address(visit: Callable[..., Any], server: str) -> None:
    seen = visit(f"{GELU}?x=-6&format=float32", at=server)
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.page.get_by_role("button", name="Copy the answer").click()
    seen.page.get_by_role("button", name="Copied").wait_for()
    text = seen.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("gelu(-6.0) in float32: -")
    assert text.endswith(f"{GELU}?x=-6&format=float32")
    assert "budget: " in text
