"""Terms of the glossary are links at their first use on a page, and only there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from actinit_site.html.terms import _pattern, _term

TERMS = ("budget", "check", "condition number", "entry", "kink", "ulp")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An error in ulp, or many ulps.", ["ulp", "ulps"]),
        ("Check a kernel: the check says how.", ["check"]),  # a verb is none
        ("Every entry has a kink; entries of", ["entry", "kink"]),
        ("the condition numbers of gulping", ["condition numbers"]),
        ("Budgets stand there", ["Budgets"]),
    ],
)
def test_terms_in_a_text(text: str, found: list[str]) -> None:
    assert [match[0] for match in _pattern(TERMS).finditer(text)] == found


@pytest.mark.parametrize(
    ("word", "term"), [("Ulps", "ulp"), ("entries", "entry"), ("kink", "kink"), ("ulp", "ulp")]
)
def test_a_word_is_a_term(word: str, term: str) -> None:
    assert _term(word, TERMS) == term
    assert _term(word, [one for one in TERMS if one != term]) is None


def links(site: Path, page: str) -> list[str]:
    text = (site / page).read_text(encoding="utf-8")
    return re.findall(r'<a class="actinit-term[^"]*" href="[^"]*glossary.html#(term-[^"]*)"', text)


def test_each_term_is_a_link_once(site: Path) -> None:
    anchors = set(re.findall(r'id="(term-[^"]*)"', (site / "glossary.html").read_text("utf-8")))
    for page in ("guide/verdicts.html", "activations/gelu.html", "accuracy.html"):
        found = links(site, page)
        assert "term-ulp" in found
        assert len(found) == len(set(found))
        assert set(found) <= anchors
    assert not links(site, "glossary.html")


def test_no_link_lies_in_another_or_in_code(site: Path) -> None:
    for page in ("guide/verdicts.html", "guide/one-check.html", "design.html"):
        text = (site / page).read_text(encoding="utf-8")
        assert not re.search(r"<a (?:(?!</a>).)*<a class=.actinit-term", text, re.DOTALL)
        assert not re.search(r"<pre>(?:(?!</pre>).)*actinit-term", text, re.DOTALL)
