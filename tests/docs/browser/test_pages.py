"""Every page, opened: it draws, it fits, it can be read aloud, and it asks nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from actinit import spec
from actinit.adapters import frameworks
from actinit.spec.experiment import EXPERIMENTS

SPEC = EXPERIMENTS.parent
SOURCES = Path(__file__).resolve().parents[3] / "docs"
# Folders of pages that an earlier build of the site made, of other results.
IGNORED = (SOURCES / ".gitignore").read_text("utf-8").splitlines()
MADE = {line.strip("/") for line in IGNORED if line.startswith("/")}
#: The pages, as far as they are known before the site is built: `test_no_page_is_left_out`.
WRITTEN = [
    str(file.relative_to(SOURCES).with_suffix(".html"))
    for file in SOURCES.rglob("*.md")
    if not any(part.startswith("_") or part in MADE for part in file.relative_to(SOURCES).parts)
]
ENTRIES = [
    f"{entry.family}s/{entry.name}.html"
    for kind in (spec.activations, spec.initializers, spec.layers)
    for entry in kind.values()
]
EXPERIMENT_PAGES = [f"experiments/{file.stem}.html" for file in EXPERIMENTS.glob("*.toml")]
TRAINING_PAGES = [f"training/{file.stem}.html" for file in (SPEC / "training").rglob("*.toml")]
OF_SPHINX = ["genindex.html", "py-modindex.html", "search.html"]
CHECK_PAGES = [f"checks/{name}.html" for name in spec.activations]
FRAMEWORK_PAGES = [f"frameworks/{name}.html" for name in frameworks()]
#: Of the entries on which the made-up results have findings.
FOUND_PAGES = [
    f"findings/{name}.html" for name in ("gelu", "he_normal", "leaky_relu", "momentum", "softplus")
]
PAGES = sorted(
    {*WRITTEN, *ENTRIES, *CHECK_PAGES, *FRAMEWORK_PAGES, *EXPERIMENT_PAGES, *TRAINING_PAGES}
    | {*OF_SPHINX, *FOUND_PAGES}
)
#: One page of each kind, for what the styles decide: colours, and what shows on a phone.
KINDS = [
    "index.html", "activations.html", "activations/gelu.html", "initializers/he_normal.html",
    "initializers/stft.html", "layers/conv2d.html", "experiments/mnist_mlp.html", "starts.html",
    "accuracy.html", "parity.html", "article.html", "guide/adapter.html", "guide/verdicts.html",
    "findings.html", "findings/gelu.html", "defaults.html", "frameworks/torch.html", "port.html",
    "compare.html", "promises.html", "classroom.html", "api/adapters.html", "genindex.html",
]  # fmt: skip

# Formulas in a closed fold have no size, and need none.
FLAT_FORMULAS = """() => [...document.querySelectorAll("math")].filter(math => {
  const box = math.getBoundingClientRect()
  return math.checkVisibility() && !(box.width > 0 && box.height > 0)
}).map(math => math.textContent)"""
UNSET_FORMULAS = """() => [...document.querySelectorAll(".math, merror")]
  .filter(set => set.localName === "merror" || !set.querySelector("math"))
  .map(set => set.textContent)"""
LOST_FONTS = """() => [...document.fonts]
  .filter(font => font.status === "error").map(font => font.family)"""
# Icons are smaller than a plot, and are named by their button.
MUTE_PICTURES = """() => [...document.querySelectorAll("main img, main svg")].filter(picture => {
  const box = picture.getBoundingClientRect()
  const named = picture.closest("[role=img][aria-label], img[alt]")
  const text = named && (named.getAttribute("aria-label") ?? named.getAttribute("alt"))
  return box.width > 48 && !(text && text.trim())
}).map(picture => picture.outerHTML.slice(0, 200))"""
# What is wider than the screen must lie in something that scrolls sideways, and that is less than
# the article, which the theme would let scroll as a whole.
CUT_OFF = """() => {
  const width = document.documentElement.clientWidth
  const article = document.querySelector("article, .bd-search-container")
  const scrolls = node => ["auto", "scroll"].includes(getComputedStyle(node).overflowX)
  const held = node => {
    for (let at = node.parentElement; at && !at.contains(article); at = at.parentElement)
      if (scrolls(at) && at.getBoundingClientRect().right <= width + 1) return true
    return false
  }
  return [...article.querySelectorAll("*")]
    .filter(node => node.checkVisibility() && node.getBoundingClientRect().right > width + 1)
    .filter(node => !scrolls(node) && !held(node))
    .map(node => node.outerHTML.slice(0, 120))
}"""
BROADER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_no_page_is_left_out(opened: Path) -> None:
    built = {str(file.relative_to(opened)) for file in opened.rglob("*.html")}
    assert {name for name in built if not name.startswith("_static/")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_page_at_a_desk(name: str, visit: Callable[..., Any]) -> None:
    seen = visit(name)
    assert not seen.errors
    assert not seen.abroad
    assert not seen.page.evaluate(UNSET_FORMULAS)
    assert not seen.page.evaluate(FLAT_FORMULAS)
    assert not seen.page.evaluate(LOST_FONTS)
    assert not seen.page.evaluate(MUTE_PICTURES)
    assert not seen.axe(contrast=False)


@pytest.mark.parametrize("name", PAGES)
def test_page_on_a_phone_in_the_dark(name: str, visit: Callable[..., Any]) -> None:
    seen = visit(name, width=360, theme="dark")
    assert not seen.errors
    assert not seen.abroad
    assert not seen.page.evaluate(FLAT_FORMULAS)
    assert seen.page.evaluate(BROADER) == 0
    assert not seen.page.evaluate(CUT_OFF)
    if name in KINDS:  # the elements are those at the desk; which of them show is the styles'
        assert not seen.axe(contrast=False)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", KINDS)
def test_contrast(name: str, theme: str, visit: Callable[..., Any]) -> None:
    seen = visit(name, theme=theme)
    assert seen.page.locator("html").get_attribute("data-theme") == theme
    assert not seen.axe(contrast=True)


def test_plots_have_their_colours_without_scripts(browser: Browser, opened: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{opened.as_uri()}/activations/gelu.html")
    line = page.locator("figure svg path[style*='--actinit-plot-0']").first
    colour = line.evaluate("line => getComputedStyle(line).stroke")
    context.close()
    assert colour == "rgb(42, 111, 201)"
