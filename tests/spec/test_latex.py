"""Formulas as LaTeX: what a mathematician would write, and nothing ambiguous."""

from __future__ import annotations

import re

import pytest

from actinit import spec
from actinit.spec import Condition, Expression
from actinit.spec.latex import cases, latex, symbols, where


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / (1 + exp(-x))", r"\frac{1}{1 + e^{-x}}"),
        ("exp(-x**2 / 2)", "e^{-x^2/2}"),
        ("(-x)**2", "(-x)^2"),
        ("-x**2", "-x^2"),
        ("-(x + 1)", "-(x + 1)"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - b - c", "a - b - c"),
        ("a + -b", "a - b"),
        ("-a * b", r"-a\, b"),
        ("a * -b", "a (-b)"),
        ("(a + b) * c", r"(a + b)\, c"),
        ("3 * 0.5", r"3 \cdot 0.5"),
        ("2 * x", "2 x"),
        ("1 * x", "x"),
        ("exp(a / (b * c))", r"e^{a/(b\, c)}"),
        ("x / 2 / 3", r"\frac{x/2}{3}"),
        ("sqrt(2/pi)", r"\sqrt{\frac{2}{\pi}}"),
        ("alpha * expm1(x)", "alpha (e^x - 1)"),
        ("log1p(exp(-x))", r"\ln(1 + e^{-x})"),
        ("erfc(-x / sqrt(2)) / 2", r"\frac{\operatorname{erfc}(-x/\sqrt{2})}{2}"),
        ("erfc(-x / 2)", r"\operatorname{erfc}\left(-\frac{x}{2}\right)"),
        ("abs(x)", r"\lvert x \rvert"),
        ("1e-3 * x", r"10^{-3}\, x"),
        ("2.5e4", r"2.5 \cdot 10^{4}"),
        ("max(a, 0)", r"\max(a, 0)"),
        ("-inf", r"-\infty"),
        ("sum(exp(x[j]) for j in row)", r"\sum_j e^{x_j}"),
        ("log(sum(exp(x[j]) for j in row))", r"\ln\left(\sum_j e^{x_j}\right)"),
        ("max(x[j] for j in row)", r"\max_j x_j"),
        ("argmax(x[j] for j in row)", r"\operatorname{argmax}_j x_j"),
        ("level(x[j] for j in row)",
         r"\text{the } t \text{ with } \textstyle\sum_j \max(x_j - t, 0) = 1"),
        ("delta(i, k) - exp(x[k])", r"\delta_{ik} - e^{x_k}"),
        ("sqrt(6 / (fan_in + fan_out))",
         r"\sqrt{\frac{6}{n_{\mathrm{in}} + n_{\mathrm{out}}}}"),
    ],
)  # fmt: skip
def test_formula(text: str, expected: str) -> None:
    assert latex(Expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x > 0", "x > 0"),
        ("0 <= a and a < 1", r"0 \le a < 1"),
        ("0 <= a < 1", r"0 \le a < 1"),
        ("a < 1 or a > 1", r"a < 1 \text{ or } a > 1"),
        ("x == 1", "x = 1"),
    ],
)
def test_condition(text: str, expected: str) -> None:
    assert latex(Condition(text)) == expected


def test_in_a_line_fractions_have_a_slash() -> None:
    formula = Expression("2 / (fan_in + fan_out)")
    assert latex(formula, inline=True) == r"2/(n_{\mathrm{in}} + n_{\mathrm{out}})"


def test_a_name_is_written_by_its_symbol() -> None:
    assert latex(Expression("alpha * x"), {"alpha": r"\alpha"}) == r"\alpha\, x"


def test_pieces_become_cases() -> None:
    entry = spec.activations["leaky_relu"]
    assert cases(entry.value.pieces, symbols(entry)) == (
        r"\begin{cases} x & \text{if } x > 0 \\ a\, x & \text{otherwise} \end{cases}"
    )


def test_a_term_that_says_itself_is_left_out() -> None:
    assert where(spec.activations["softmax"]) == []
    assert [symbol for symbol, _ in where(spec.activations["gelu"])] == [
        r"\Phi(x)",
        r"\varphi(x)",
    ]


@pytest.mark.parametrize("name", spec.activations)
def test_every_entry_can_be_written(name: str) -> None:
    entry = spec.activations[name]
    known = symbols(entry)
    texts = [cases(part.pieces, known) for part in (entry.value, entry.derivative)]
    for text in (*texts, *(meaning for _, meaning in where(entry))):
        assert text.count("{") == text.count("}")
        for long in (key for key in known if len(key) > 2):  # as a symbol, not as the spec's name
            assert not re.search(rf"(?<![\\a-zA-Z]){long}(?![a-zA-Z])", text)
