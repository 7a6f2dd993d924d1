"""The evaluator in the built site: on the pages that have one, whole, small, and with a table."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from actinit_site.html.evaluator import SHOWN, offered, tree
from helpers.patience import PATIENCE

from actinit import spec
from actinit.conformance.results.answers import Answers
from actinit.conformance.results.store import read
from actinit.spec import Condition, Expression

SCRIPTS = ("real", "formats", "slopes", "formula", "budget", "recorded", "panel")


def page(site: Path, name: str) -> str:
    return (site / "activations" / f"{name}.html").read_text(encoding="utf-8")


def data(site: Path, name: str) -> dict[str, Any]:
    (found,) = re.findall(
        r'<script type="application/json" id="evaluator-data">(.*?)</script>', page(site, name)
    )
    return json.loads(found)


def test_pages_of_functions_of_one_number_have_it_and_no_others(site: Path) -> None:
    for name, entry in spec.activations.items():
        text = page(site, name)
        loaded = re.findall(r'<script defer="defer" src="([^"?]*)[^"]*"></script>', text)
        # In this order: each needs those before it. None is a module, which files cannot load.
        wanted = [f"../_static/evaluator/{script}.js" for script in SCRIPTS]
        found = [source for source in loaded if "evaluator" in source]
        assert found == (wanted if offered(entry) else []), name
        assert ('id="evaluator-panel"' in text) == offered(entry), name
    assert "evaluator/real.js" not in (site / "index.html").read_text(encoding="utf-8")
    for script in SCRIPTS:
        assert (site / "_static" / "evaluator" / f"{script}.js").exists()


def test_the_page_has_the_formulas_and_the_answers(site: Path, results_folder: Path) -> None:
    recorded = read(results_folder / "answers-torch.json", Answers)
    packed = data(site, "gelu")
    assert packed["value"][0]["then"] == tree(spec.activations["gelu"].value.pieces[0].then)
    assert set(packed["terms"]) == set(spec.activations["gelu"].terms)
    (answer,) = (
        one
        for one in recorded.answers
        if (one.entry, one.dtype, one.part) == ("gelu", "float32", "value")
    )
    assert packed["stored"]["float32/value"] == {
        "x": "".join(answer.x), "got": [[["torch"], "".join(answer.got)]],
    }  # fmt: skip
    assert data(site, "tanh")["stored"] == {}  # nothing was recorded of it


def test_some_answers_are_readable_without_a_script(site: Path) -> None:
    (table,) = re.findall(
        r"<table[^>]*>(?:(?!</table>).)*exact, rounded.*?</table>", page(site, "gelu"), re.DOTALL
    )
    for x in SHOWN:
        assert f"<code>{x}</code>" in table
    assert table.count("exact, rounded") == 2  # value and derivative
    assert ">-1.4332578e-06</code>" in table  # gelu(-5) in float32, from the exact -1.43325785e-6
    assert "<noscript>" in page(site, "gelu")
    assert "has not been recorded" in page(site, "tanh")


def test_a_page_stays_small(site: Path) -> None:
    # Eleven backends that all answer otherwise, and a third more inputs for their findings.
    packed = data(site, "gelu")
    column = sum(len(one["got"][0][1]) for one in packed["stored"].values())
    assert len(json.dumps(packed)) + 10 * column * 4 / 3 < 65_000


def test_a_browser_shows_the_exact_value_and_the_answers(site: Path, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("needs Chromium or Chrome on the path, to open the page as a file")
    address = (site / "activations" / "gelu.html").as_uri() + "?x=-6.52&format=float32"
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path}", "--virtual-time-budget=5000", "--dump-dom", address,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    panel = done.stdout.partition('id="evaluator-panel"')[2].partition("evaluator-data")[0]
    assert "gelu(-6.52) in float32: -2.2920213e-10" in panel
    # mpmath: x = -0x1.a147ae0000000p+2, to 60 digits.
    assert "2.29202124696662109021801162897e-10" in panel
    assert '<th scope="row">torch</th>' in panel
    assert "-0x1.f80554p-33" in panel


def test_nothing_in_the_data_ends_its_element(site: Path) -> None:
    for name, entry in spec.activations.items():
        if offered(entry):
            data(site, name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-x", ["negate", ["name", "x"]]),
        ("0.25 * x", ["*", ["ratio", "1", "4"], ["name", "x"]]),
        ("x**2 / pi", ["/", ["**", ["name", "x"], ["ratio", "2", "1"]], ["name", "pi"]]),
        ("max(x, erfc(1e-3))", ["max", ["name", "x"], ["erfc", ["ratio", "1", "1000"]]]),
    ],
)
def test_formulas_become_trees(text: str, expected: list[Any]) -> None:
    assert tree(Expression(text)) == expected


def test_conditions_become_trees() -> None:
    right, left = (
        [">", ["name", "x"], ["ratio", "0", "1"]],
        ["<", ["name", "x"], ["ratio", "2", "1"]],
    )
    assert tree(Condition("x > 0 and x < 2")) == ["and", right, left]


def test_a_formula_over_a_row_is_refused() -> None:
    for text in ("x[i]", "sum(x[j] for j in row)"):
        with pytest.raises(ValueError, match="functions of one number only"):
            tree(Expression(text))
