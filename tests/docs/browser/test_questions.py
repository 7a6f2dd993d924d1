"""The questions that people come with: answered within two clicks from the front page.

Each is a path of links and what must then stand on the screen, or at most a screen below. They were
asked by somebody who writes kernels, somebody who ports a model, and somebody who teaches.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

MOST_CLICKS = 2
WIDTHS = (1280, 360)
SCREENS = 2


class Question(NamedTuple):
    """What somebody asks, the links that are clicked, and where the answer stands."""

    asked: str
    clicks: tuple[str, ...]
    place: str  #: A selector.
    answer: str  #: A pattern of its text.


PANEL = "#evaluator-panel"
PORT = "#keras-to-torch tr"
QUESTIONS = [
    Question("gelu(-5.5) in bfloat16: who is wrong, by how much", ("in bfloat16",),
             PANEL, r"-1\.043e-07[\s\S]*verdict[\s\S]*torch"),
    Question("the budget at -6", ("the error that is granted",),
             f"{PANEL} dl", r"budget\s+[\d.]+ ulp"),
    Question("where PyTorch loses the tail, why, who reported it",
             ("Where PyTorch departs", "~tail"), ".actinit-cause:target", "tail"),
    Question("float16", ("in float16",), f"{PANEL} [role=status]", "in float16: -"),
    Question("compiled", ("and compiled",), "[id='mode/torch-compile'] + dd", "."),
    Question("the exact value", ("the error that is granted",), f"{PANEL} dl", r"exact\s+-5\.9"),
    Question("Dense against Linear", ("Dense against Linear",),
             f"{PORT}:has-text('kernel of torch.nn.Linear')", r"glorot_uniform[\s\S]*he_uniform"),
    Question("LeakyReLU's slope", ("LeakyReLU's slope",),
             f"{PORT}:has-text('torch.nn.LeakyReLU')", r"0\.3[\s\S]*0\.01"),
    Question("GELU's default in five frameworks", ("GELU: exact or tanh",),
             "#one-name-for-several-entries table", r"jax\.nn\.gelu[\s\S]*nothing more"),
    Question("BatchNorm's epsilon and momentum", ("BatchNorm: epsilon",),
             "#numbers-that-it-computes-with table",
             r"eps = 1e-05[\s\S]*epsilon = 0\.001[\s\S]*momentum = 0\.1[\s\S]*momentum = 0\.99"),
    Question("LSTM: gates and biases", ("LSTM: gates",), "#who-keeps-it-where",
             "in the order input, forget, cell, output"),
    Question("HeNormal against kaiming_normal_", ("HeNormal against",),
             f"{PORT}:has-text('keras.initializers.HeNormal')", "kaiming_normal_"),
    Question("sigmoid and its slope", ("Sigmoid and its slope",),
             "[aria-label^='Plot of the derivative of sigmoid']", ""),
    Question("functions on one graph", ("all functions on one graph",),
             "[aria-label*='in one picture']", ""),
    Question("a vanishing gradient", ("How a gradient vanishes",), "#what-becomes-of-both table",
             "sigmoid"),
    Question("which start for ReLU, tanh, sigmoid", ("which initialization for ReLU",),
             "#what-follows > p", r"suits the ReLU[\s\S]*Tanh[\s\S]*sigmoid"),
    Question("did the start matter on MNIST", ("Did the initialization matter",),
             "p:has-text('Did it matter?')", "the validation accuracy is"),
    Question("what is wrong in the article", ("What is wrong in a well-known article",),
             "article p:has-text('claims')", r"\d+ false"),
]  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
def test_it_is_answered_within_two_clicks(
    question: Question, width: int, visit: Callable[..., Any]
) -> None:
    seen = visit("index.html", width=width)
    assert len(question.clicks) <= MOST_CLICKS
    for words in question.clicks:
        # What begins with ~ is any link that has the word, since its name is that of a result.
        links = seen.page.locator("article").get_by_role("link")
        links.filter(has_text=words.removeprefix("~")).first.click()
    place = seen.page.locator(question.place).first
    place.wait_for()
    if "torch" in question.answer and question.place == PANEL:
        seen.page.locator(f"{PANEL} tbody tr").first.wait_for()  # results of 16 bits are loaded
    assert re.search(question.answer, place.inner_text() or place.get_attribute("aria-label"))
    assert place.bounding_box()["y"] < SCREENS * 900
    assert not seen.errors
