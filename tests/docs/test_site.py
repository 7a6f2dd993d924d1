"""The built site: complete, whole in itself, and honest about what is missing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from actinit_site.content import links

from actinit import spec
from actinit.conformance.kinds import KINDS
from actinit.conformance.known.causes import causes
from actinit.conformance.results.conformance import STATUSES, Result

TRAININGS = [*spec.networks.values(), *spec.optimizers.values()]
ENTRIES = [*spec.activations.values(), *spec.initializers.values(), *TRAININGS]
MISSING = "Not measured on this machine yet"


class Page(HTMLParser):
    """What a test wants to know of a page: its ids, its links, what it loads."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found.get("href", ""))
        elif tag == "link" and {"stylesheet", "preload", "icon"} & set(found["rel"].split()):
            self.loads.append(found.get("href", ""))
        elif "src" in found:
            self.loads.append(found["src"])


def pages(site: Path) -> list[Path]:
    return [file for file in sorted(site.rglob("*.html")) if "_static" not in file.parts]


@pytest.fixture(params=["site", "bare_site"])
def either(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def test_every_entry_has_a_page_with_its_formula(either: Path) -> None:
    for entry in ENTRIES:
        text = (either / f"{links.path(entry)}.html").read_text(encoding="utf-8")
        assert "<math" in text
        for key in entry.references:
            assert spec.references()[key].title.split(":")[0].replace("'", "’") in text  # noqa: RUF001


def test_nothing_is_loaded_from_elsewhere(either: Path) -> None:
    for file in pages(either):
        for place in Page(file).loads:
            assert not urlsplit(place).netloc, f"{file.name} loads {place}"
    for sheet in either.rglob("*.css"):
        loaded = re.findall(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", sheet.read_text())
        for place in (part for parts in loaded for part in parts if part):
            assert place.startswith("data:") or not urlsplit(place).netloc, f"{sheet}: {place}"


def leads_somewhere(file: Path, link: str, known: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or not link or link == "#":
        return True
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    ids = known[target].ids if parts.fragment and target in known else [unquote(parts.fragment)]
    return target.exists() and unquote(parts.fragment) in ids


def test_every_link_within_the_site_leads_somewhere(either: Path) -> None:
    either = either.resolve()
    known = {file: Page(file) for file in pages(either)}
    broken = [
        f"{file.relative_to(either)}: {link}"
        for file, page in known.items()
        for link in page.links
        if not leads_somewhere(file, link, known)
    ]
    assert not broken, "\n".join(broken)


def test_ids_occur_once_a_page(either: Path) -> None:
    for file in pages(either):
        ids = Page(file).ids
        assert sorted(set(ids)) == sorted(ids), file.name


def test_every_check_has_its_anchor(site: Path, made_up: list[Result]) -> None:
    entries = {(entry.family, entry.name): entry for entry in ENTRIES}
    for result in made_up:
        page = Page(site / f"{links.checks(entries[result.family, result.entry])}.html")
        assert {result.id, f"{result.id}@torch"} <= set(page.ids)


def marks(site: Path, entry: str) -> list[tuple[str, str, str]]:
    """Return sign, address and title of everything in an entry's row of the front page."""
    text = (site / "index.html").read_text(encoding="utf-8")
    (row,) = re.findall(rf'<tr><th scope="row"><a href="activations/{entry}.html">.*?</tr>', text)
    cells = re.findall(r'<(?:a|span) class="[^"]*"([^>]*)>([^<]+)<', row)
    return [
        (sign, *("".join(re.findall(rf' {name}="([^"]*)"', words)) for name in ("href", "title")))
        for words, sign in cells
    ]


def test_the_marks_of_the_front_page_lead_to_the_sentences_of_their_findings(site: Path) -> None:
    page = "activations/gelu.html#found/torch"
    assert [(sign, href) for sign, href, _ in marks(site, "gelu")] == [
        ("D", f"{page}/lost-tail"),
        ("F", f"{page}/non-finite"),
        ("∞", f"{page}/error"),
        ("⇄", f"{page}/lost-tail"),
    ]
    text = (site / "activations" / "gelu.html").read_text(encoding="utf-8")
    (told,) = re.findall(r'id="found/torch/lost-tail"></span>.*?</details>', text, re.DOTALL)
    assert "A made-up tail is lost." in told


def test_what_conforms_has_a_letter_and_no_link(site: Path) -> None:
    (value, *_) = marks(site, "silu")
    assert value[:2] == ("A", "")
    assert (site / "index.html").read_text(encoding="utf-8").count("<svg") < 30  # icons


def test_what_is_lacking_is_not_wrong(site: Path) -> None:
    assert [sign for sign, _, _ in marks(site, "maxout")] == ["–", "·"]  # noqa: RUF001
    signs = [sign for sign, _, _ in marks(site, "softplus")]
    assert signs == ["–", "·", "⇄", "∅"] or signs == ["–", "≠", "⇄", "∅"]  # noqa: RUF001


def test_the_number_beside_a_letter_is_of_the_input_that_has_it(site: Path) -> None:
    (value, derivative) = marks(site, "gelu")[:2]
    assert value[2] == "torch, gelu: 1.7×10⁷ ulp"  # noqa: RUF001
    assert "ulp" not in derivative[2]  # a nan has no size


def test_a_sentence_tells_what_a_backend_comes_to(site: Path, made_up: list[Result]) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    (sentence,) = re.findall(r'<ul class="actinit-verdicts">(.*?)</ul>', text, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]*>", "", sentence).split())
    assert words.startswith("PyTorch, eager (partly asked): of ")
    assert "1 lose digits, 1 return something wrong. 8 findings in all, 4 unexplained." in words
    assert words.endswith("torch 2.13.0")


def test_pages_say_what_they_are_about(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    (lead,) = re.findall(r'<meta name="description" content="([^"]*)"', text)
    assert lead.startswith("What GELU is at −6 to the last bit")  # noqa: RUF001
    assert f'<meta property="og:description" content="{lead}"' in text
    assert "Apache License 2.0" in text
    gelu = (site / "activations" / "gelu.html").read_text(encoding="utf-8")
    assert spec.activations["gelu"].summary in re.findall(
        r'name="description" content="(.*?)"', gelu
    )
    assert '<meta property="og:title" content="gelu' in gelu


def test_the_page_of_a_framework_has_its_causes_and_names(site: Path) -> None:
    text = (site / "frameworks" / "torch.html").read_text(encoding="utf-8")
    (cause,) = re.findall(
        r'<section class="actinit-cause" id="lost-tail">.*?</section>', text, re.DOTALL
    )
    for words in ("A made-up tail is lost.", "example.org/tail", "torch 2.1", "torch: 3 findings"):
        assert words in cause
    assert "other-distribution" not in text  # of Keras
    assert 'id="mode/torch-compile"' in text
    assert "torch.nn.functional.gelu" in text
    for entry in spec.activations.values():
        assert f"../{links.path(entry)}.html" in text


def test_checks_and_unexplained_findings_are_counted(site: Path, made_up: list[Result]) -> None:
    text = (site / "findings.html").read_text(encoding="utf-8")
    (table,) = re.findall(r'<table class="[^"]*actinit-counts.*?</table>', text, re.DOTALL)
    heads = re.findall(r"<th scope=\"col\"[^>]*>(?:<abbr[^>]*>)?([^<]+)", table)
    (row,) = re.findall(r"<tr><th scope=\"row\">torch \(partial\).*?</tr>", table)
    cells = re.findall(r"<td[^>]*>(?:<a[^>]*>)?([^<]*)", row)
    told = dict(zip(heads[1:], cells, strict=True))
    for status in STATUSES:
        count = sum(one.status == status for one in made_up)
        assert told[status.replace("-", " ")] == str(count)
    assert told["failed"] == str(sum(one.fails for one in made_up)) == "4"
    assert (told["findings"], told["unexplained"]) == ("8", "4")


def test_messages_are_shown_as_they_are(site: Path) -> None:
    text = (site / "activations" / "gelu.html").read_text(encoding="utf-8")
    # The finding, and the checks that show it.
    assert text.count("lost &lt;tail&gt; *here* | 17 %") == 2
    text = (site / "checks" / "gelu.html").read_text(encoding="utf-8")
    # The table and its intervals.
    assert text.count("lost &lt;tail&gt; *here* | 17 %") == 2
    assert "1.7×10⁷ / 4" in text  # noqa: RUF001


def test_a_finding_is_shown_with_its_status_and_its_cause(site: Path) -> None:
    text = (site / "activations" / "gelu.html").read_text(encoding="utf-8")
    assert "torch: accuracy, layout – worse" in text  # noqa: RUF001
    assert "A made-up tail is lost." in text
    assert 'href="../findings.html#lost-tail"' in text
    assert 'href="https://example.org/tail"' in text
    assert "torch: non-finite – new, unexplained" in text  # noqa: RUF001
    text = (site / "activations" / "leaky_relu.html").read_text(encoding="utf-8")
    assert "torch: gone – gone" in text  # noqa: RUF001


def test_every_cause_stands_on_the_page_of_findings(bare_site: Path) -> None:
    ids = Page(bare_site / "findings.html").ids
    assert set(causes()) <= set(ids)


def test_parity_shows_its_checks_and_how_trainings_part(site: Path) -> None:
    text = (site / "parity.html").read_text(encoding="utf-8")
    assert re.search(r'actinit-fails" href="training/momentum.html#training/momentum/float64', text)
    for entry in TRAININGS:
        assert f'href="{links.path(entry)}.html"' in text
    assert "they part at step 2" in (site / "training" / "momentum.html").read_text(
        encoding="utf-8"
    )
    (row,) = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*made up reason.*?</tr>", text, re.DOTALL)
    assert "nowhere" in row
    assert "Relative differences of the loss" in text
    assert "Distances between trainings" in text


def test_training_stands_beside_the_article(site: Path) -> None:
    text = (site / "experiments" / "mnist_mlp.html").read_text(encoding="utf-8")
    assert "2.3013" in text
    assert "not run" in text  # the initializations that the report does not have
    assert MISSING not in text


def test_what_is_missing_is_said(bare_site: Path) -> None:
    for page in ("index", "activations/gelu", "initializers/zeros", "experiments/mnist_mlp"):
        assert MISSING in (bare_site / f"{page}.html").read_text(encoding="utf-8")


def test_verdicts_page_explains_every_word(bare_site: Path) -> None:
    text = (bare_site / "guide" / "verdicts.html").read_text(encoding="utf-8")
    for word in (*KINDS, *spec.accuracy().classes):
        # The words of a literal stand apart.
        assert re.search(">" + word.replace(" ", "</span> <span[^>]*>") + "<", text), word


def test_reference_functions_are_documented_as_functions(bare_site: Path) -> None:
    page = Page(bare_site / "api" / "reference.html")
    for entry in (*spec.activations.values(), *spec.initializers.values()):
        assert f"actinit.reference.{entry.name}" in page.ids
    assert "actinit.reference.gelu.derivative" in page.ids


def test_front_page_is_light(site: Path) -> None:
    page = Page(site / "index.html")
    loaded = {site / urlsplit(place).path for place in page.loads if place}
    fonts = set((site / "_static" / "fonts").glob("*.woff2"))
    files = {site / "index.html", *loaded, *fonts}
    size = sum(file.stat().st_size for file in files if file.is_file())
    assert size < 1_000_000
    assert (site / "index.html").stat().st_size < 200_000


def test_results_of_another_schema_are_refused(tmp_path: Path, build: Any) -> None:
    bad = tmp_path / "conformance-torch.json"
    bad.write_text('{"schema": "something else"}')
    _, done = build(tmp_path, tmp_path)
    assert done.returncode != 0
    assert "conformance-torch.json" in done.stderr
