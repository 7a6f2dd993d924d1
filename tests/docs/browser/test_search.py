"""The search finds what people type, in the theme's own dialog, from a file and from a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

#: Words, and a page that should be among the first that are found.
WANTED = {
    "gelu": "activations/gelu.html",
    "GELU": "activations/gelu.html",
    "lrelu": "activations/leaky_relu.html",
    "xavier": "initializers/glorot_uniform.html",
    "kaiming": "initializers/he_normal.html",
    "conv2d": "layers/conv2d.html",
}
FIRST = 3


@pytest.fixture(params=["file", "http"])
def at(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("server") if request.param == "http" else ""


@pytest.mark.parametrize("word", WANTED)
def test_search_finds(word: str, at: str, visit: Callable[..., Any]) -> None:
    seen = visit("guide/check.html", at=at)
    seen.page.keyboard.press("Control+k")
    seen.page.keyboard.type(word)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/search.html?*")
    seen.page.get_by_text("Search finished").wait_for()
    hits = seen.page.locator("#search-results li a")
    # The links carry the words to be marked on the page that they lead to.
    found = [hit.get_attribute("href").split("?")[0].split("#")[0] for hit in hits.all()]
    assert WANTED[word] in [name.removeprefix("./") for name in found[:FIRST]]
    assert not seen.errors
    assert not seen.abroad


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("torch.nn.Linear", "layers/dense.html"),
        ("jax.nn.gelu", "activations/gelu_tanh.html"),
        ("leaky relu", "activations/leaky_relu.html"),
        ("torch leaky_relu slope", "activations/leaky_relu.html"),
    ],
)
def test_entries_of_a_name_stand_above(asked: str, page: str, visit: Callable[..., Any]) -> None:
    seen = visit(f"search.html?q={asked}")
    found = seen.page.locator("#search-entries a").all()
    assert page in [link.get_attribute("href") for link in found]
    assert not seen.errors


def test_search_says_what_is_not_in_the_spec(visit: Callable[..., Any]) -> None:
    for asked, said in (
        ("keras.activations.glu", "glu is not yet in the spec"),
        ("quaternion_gate", "Nothing in the spec has this name"),
    ):
        seen = visit(f"search.html?q={asked}")
        assert said in seen.page.locator("#search-entries").inner_text()


def test_search_says_that_nothing_was_found(visit: Callable[..., Any]) -> None:
    seen = visit("search.html?q=quaternion")
    seen.page.get_by_text("did not match any documents").wait_for()
    assert not seen.errors
