"""The site without a mouse: what Tab reaches is seen to be reached, and does what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WHERE = """() => {
  const at = document.activeElement
  const marked = node => {
    const style = getComputedStyle(node)
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
    return outlined || style.boxShadow !== "none"
  }
  return {
    what: at.getAttribute("aria-label") ?? at.textContent.trim(),
    classes: at.className,
    seen: marked(at.closest(".sd-card") ?? at),
    within: !!at.closest("article"),
  }
}"""
STEPS = 40
UNREACHED = """() => [...document.querySelectorAll("main *")].filter(node =>
  node.checkVisibility() && node.scrollWidth > node.clientWidth + 1
  && ["auto", "scroll"].includes(getComputedStyle(node).overflowX)
  && node.tabIndex < 0 && !node.querySelector("a, button, input, [tabindex='0']")
).map(node => node.outerHTML.slice(0, 120))"""


def test_tab_goes_from_the_skip_link_to_the_content(visit: Callable[..., Any]) -> None:
    seen = visit("index.html")
    stops = []
    while not (stops and stops[-1]["within"]):
        assert len(stops) < STEPS, f"no link of the page itself after {STEPS} stops: {stops}"
        seen.page.keyboard.press("Tab")
        stops.append(seen.page.evaluate(WHERE))
    assert stops[0]["what"] == "Skip to main content"
    assert any("search-button" in stop["classes"] for stop in stops)
    assert any("theme-switch" in stop["classes"] for stop in stops)
    assert not [stop for stop in stops if not stop["seen"]]


def test_the_theme_is_chosen_by_keys_and_kept(visit: Callable[..., Any]) -> None:
    seen = visit("index.html")
    html = seen.page.locator("html")
    assert html.get_attribute("data-theme") == "light"
    seen.page.locator(".theme-switch-button:visible").focus()
    for key in ("Enter", "ArrowUp", "Enter"):  # the last of the menu is the dark one
        seen.page.keyboard.press(key)
    assert html.get_attribute("data-theme") == "dark"
    seen.page.reload()
    assert html.get_attribute("data-theme") == "dark"
    seen.page.evaluate("localStorage.clear()")


def test_what_scrolls_sideways_is_reached(visit: Callable[..., Any]) -> None:
    for name in ("index.html", "activations/gelu.html", "layers/conv2d.html", "starts.html"):
        seen = visit(name, width=360)
        assert not seen.page.evaluate(UNREACHED), name
