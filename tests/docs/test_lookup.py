"""The pages that collect all entries: findings, defaults, conventions."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from actinit_site.content import conventions, defaults, words
from actinit_site.content.departures import departures, of_run
from actinit_site.machines import labels
from actinit_site.results import Results

from actinit import spec
from actinit.conformance.records import save
from actinit.conformance.report import Result

FUNCTIONS = [*spec.activations.values(), *spec.initializers.values()]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="module")
def results(results_folder: Path) -> Results:
    return Results(results_folder)


class Rows(HTMLParser):
    """The attributes of the rows of a page's tables, by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "tr" and "id" in named:
            self.found[named["id"]] = named


def test_every_listed_divergence_is_one_finding_and_so_is_every_other(results: Results) -> None:
    found = departures(results, words.entries())
    listed = [(entry, one) for entry in words.entries() for one in entry.divergence]
    assert [(d.entry, d.listed) for d in found if d.listed] == listed
    others = [(d.id, d.kind, d.frameworks) for d in found if not d.listed]
    assert others == [
        ("finding/activation/gelu/torch/accuracy", "accuracy", ["torch"]),
        ("finding/activation/gelu/torch/definition", "definition", ["torch"]),
        ("finding/activation/gelu/torch/non-finite", "non-finite", ["torch"]),
        ("finding/activation/leaky_relu/torch/error", "error", ["torch"]),
        ("finding/training/momentum/torch/definition", "definition", ["torch"]),
    ]
    assert len({one.id for one in found}) == len(found)


def test_backends_that_depart_alike_share_a_finding(results: Results, tmp_path: Path) -> None:
    (run,) = results.reports
    for backend in ("torch", "torch-compile"):
        save(
            msgspec.structs.replace(run, backend=backend), tmp_path / f"conformance-{backend}.json"
        )
    both = Results(tmp_path)
    (news,) = (d for d in departures(both, words.entries()) if d.id.endswith("non-finite"))
    assert news.by_status == {"news": ["torch", "torch-compile"]}
    assert of_run([news], both.reports[1]) == [news]
    known = next(
        d for d in departures(both, words.entries()) if d.listed and d.worst and d.entry.name
    )
    assert known.by_status["known"][0] == "torch"


def test_findings_can_be_chosen_by_what_they_are(site: Path, made_up: list[Result]) -> None:
    rows = Rows((site / "findings.html").read_text(encoding="utf-8")).found
    row = rows["finding/activation/gelu/torch/non-finite"]
    asked = {key.removeprefix("data-"): row[key] for key in row if key.startswith("data-")}
    assert asked == {
        "kind": "non-finite", "framework": "torch", "family": "activation", "entry": "gelu",
        "grade": "F", "status": "news",
    }  # fmt: skip
    (known,) = (one for one in made_up if one.status == "known")
    row = rows[f"finding/initializer/{known.entry}/{known.divergence}"]
    assert "torch" in row["data-framework"].split()
    assert row["data-status"].split()[0] == "known"


def test_a_page_of_many_findings_stays_small(site: Path) -> None:
    assert (site / "findings.html").stat().st_size < 1_000_000


def test_scripts_are_loaded_where_they_are_used(site: Path) -> None:
    loads = {
        page: "filter.js" in (site / f"{page}.html").read_text(encoding="utf-8")
        for page in ("findings", "defaults", "index", "conventions")
    }
    assert loads == {"findings": True, "defaults": True, "index": False, "conventions": False}


@pytest.mark.skipif(CHROMIUM is None, reason="no browser to run the script in")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("kind=non-finite&framework=torch&entry=gelu&status=news", 1),
        ("q=lost+%3Ctail%3E", 1),
        ("status=error", 1),
        ("kind=no-such-kind&status=news&q=NAN", 1),  # a word that no row has chooses nothing
    ],
)
def test_an_address_chooses_rows(site: Path, tmp_path: Path, query: str, shown: int) -> None:
    text = browsed(site / "findings.html", query, tmp_path)
    count = re.search(r"<output[^>]*>(\d+) of (\d+) rows</output>", text)
    assert count is not None
    assert int(count[1]) == shown < int(count[2])
    assert text.count('<tr id="finding/') - len(re.findall(r"<tr id=[^>]* hidden", text)) == shown


@pytest.mark.skipif(CHROMIUM is None, reason="no browser to run the script in")
def test_an_address_sorts_rows(site: Path, tmp_path: Path) -> None:
    text = browsed(site / "findings.html", "sort=-grade&status=news", tmp_path)
    assert 'aria-sort="descending"' in text
    grades = re.findall(r'<tr id="finding/[^>]*data-grade="(\w+)"', text)
    order = ["none", "A", "B", "C", "D", "F"]
    assert grades == sorted(grades, key=order.index, reverse=True)


def browsed(page: Path, query: str, profile: Path) -> str:
    """Return a page as it stands once its scripts have run."""
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={profile}", "--dump-dom", f"{page.as_uri()}?{query}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def test_defaults_that_differ_are_told() -> None:
    rows = {(one.entry.name, one.name): one for one in defaults.parameters(FUNCTIONS)}
    slope = rows["leaky_relu", "negative_slope"]
    assert slope.differ == ["keras", "tensorflow"]
    assert slope.by_framework["keras"].text == "0.2; the layer 0.3"
    assert rows["elu", "alpha"].by_framework["tensorflow"].text == "1.0, always"
    assert rows["elu", "alpha"].differ == []
    assert rows["variance_scaling", "mode"].differ == ["jax"]
    assert set(rows) == {
        (entry.name, name)
        for entry in FUNCTIONS
        for name in (*entry.parameters, *getattr(entry, "choices", {}))
    }


def test_names_that_mean_several_things_are_told() -> None:
    plain = {(one.entry.name, one.framework) for one in defaults.plain_names(FUNCTIONS)}
    assert ("he_normal", "keras") in plain
    assert ("he_normal", "torch") not in plain
    shared = {one.function: one for one in defaults.shared_names(FUNCTIONS)}
    assert [entry.name for entry, _ in shared["jax.nn.gelu"].meant] == ["gelu", "gelu_tanh"]
    assert "keras.initializers.HeNormal" not in shared  # no argument tells its two entries apart


def test_starts_of_layers_that_differ_are_told(bare_site: Path) -> None:
    rows = {(one.layer.name, one.weight): one for one in defaults.layer_starts()}
    assert rows["dense", "kernel"].differ
    assert not rows["layer_norm", "scale"].differ
    text = (bare_site / "defaults.html").read_text(encoding="utf-8")
    assert "<strong>0.2; the layer 0.3</strong>" in text


def test_what_kinks_take_is_gathered_whatever_the_format(tmp_path: Path, results: Results) -> None:
    (run,) = results.reports
    found = {
        "float32": "at x = 0.0 it takes the left derivative, 0.009999999776482582",
        "float64": "at x = 0.0 it takes the left derivative, 0.01",
        "float16": "at the kink x = 0.0 the derivative is 2.0; any number would do",
    }
    kinks = [
        msgspec.structs.replace(
            run.results[0],
            id=f"activation/leaky_relu/{fmt}/derivative/kink",
            entry="leaky_relu",
            message=message,
        )
        for fmt, message in found.items()
    ]
    save(msgspec.structs.replace(run, results=kinks), tmp_path / "conformance-torch.json")
    taken = conventions.at_kinks(Results(tmp_path), spec.activations["leaky_relu"])
    assert [(one.text.partition(";")[0], one.formats) for one in taken] == [
        ("at x = 0.0 it takes the left derivative", ["float32", "float64"]),
        ("at the kink x = 0.0 the derivative is 2.0", ["float16"]),
    ]


def test_what_is_not_offered_is_said(site: Path) -> None:
    text = (site / "not-tested.html").read_text(encoding="utf-8")
    assert re.search(r"no such thing: .*maxout", text)


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("gelu", ["gelu", "GELU"]),
        ("leaky_relu", ["lrelu", "LeakyReLU"]),
        ("silu", ["swish", "SiLU"]),
    ],
)
def test_an_activation_is_found_by_its_other_names(name: str, terms: list[str]) -> None:
    assert set(terms) <= set(labels.terms(spec.activations[name]))


def test_the_search_knows_what_people_type(bare_site: Path) -> None:
    index = (bare_site / "searchindex.js").read_text(encoding="utf-8")
    known = index[index.index('"indexentries":') : index.index('"objects":')]
    for word in (
        "gelu",
        "lrelu",
        "xavier",
        "kaiming",
        "msra",
        "swish",
        "henormal",
        "glorot_uniform",
    ):
        assert f'"{word}"' in known, word
