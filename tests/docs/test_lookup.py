"""The pages that collect all entries: findings, causes, defaults, conventions."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from actinit_site.content import baselines, conventions, defaults, names
from actinit_site.content.departures import departures, of_run, rows, summaries
from actinit_site.results import Results
from helpers.patience import PATIENCE

from actinit import spec
from actinit.conformance.results.store import save

FUNCTIONS = [*spec.activations.values(), *spec.initializers.values()]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="module")
def results(results_folder: Path, known_folder: Path) -> Results:
    return Results(results_folder, known=known_folder)


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


def test_every_cause_is_one_departure_and_so_is_every_unexplained_finding(
    results: Results,
) -> None:
    found = departures(results)
    assert [(one.id, len(one.seen)) for one in found] == [
        ("lost-tail", 3),
        ("other-mode", 1),
        ("other-distribution", 0),
        ("finding/activation/gelu/float32/value/special/raised/TypeError", 1),
        ("finding/activation/gelu/float32/derivative/ulp/nonfinite/negative/1", 1),
        ("finding/activation/softplus/float32/derivative/layout/strided", 1),
        ("finding/training/momentum/float64/parity/update", 1),
    ]
    tail = found[0]
    assert tail.explained
    assert tail.cause == results.causes["lost-tail"]
    assert [entry.name for entry in tail.entries] == ["gelu", "softplus"]
    assert tail.by_status == {"worse": ["torch"], "known": ["torch"]}


def test_backends_that_show_the_same_finding_share_a_row(
    results: Results, tmp_path: Path, known_folder: Path
) -> None:
    (run,) = results.reports
    for backend in ("torch", "torch-compile"):
        save(
            msgspec.structs.replace(run, backend=backend), tmp_path / f"conformance-{backend}.json"
        )
    both = Results(tmp_path, known=known_folder)
    (new,) = (one for one in departures(both) if "nonfinite" in one.id)
    assert new.by_status == {"new": ["torch", "torch-compile"]}
    assert of_run([new], both.reports[1]) == [new]
    assert len(rows(both)) == len(rows(results)) == 9


def test_a_cause_that_is_no_longer_known_keeps_what_it_explained(
    results: Results, tmp_path: Path
) -> None:
    without = Results(results.folder, known=tmp_path)
    (tail,) = (one for one in departures(without) if one.id == "lost-tail")
    assert tail.cause is None
    assert len(tail.seen) == 3


def test_baselines_tell_where_a_cause_was_seen(results: Results) -> None:
    places = baselines.places(results)
    (place,) = places["lost-tail"]
    assert (place.backend, place.environment, place.count) == (
        "torch", "linux-x86_64-maker-avx2", 1
    )  # fmt: skip
    assert places["other-mode"] == []


def test_causes_are_told_with_their_reasons(site: Path) -> None:
    text = (site / "findings.html").read_text(encoding="utf-8")
    tail = text[text.index('id="lost-tail"') : text.index('id="other-mode"')]
    assert "A made-up tail is lost. It is cut &lt;off&gt;." in tail
    assert 'href="https://example.org/tail"' in tail
    assert "torch 2.1" in tail
    assert "torch (2.12.0) on linux-x86_64-maker-avx2: 1" in tail
    other = text[text.index('id="other-distribution"') :]
    assert "not seen" in other


def found_on(site: Path, entry: str) -> dict[str, dict[str, str]]:
    return Rows((site / "findings" / f"{entry}.html").read_text(encoding="utf-8")).found


def test_findings_can_be_chosen_by_what_they_are(site: Path) -> None:
    row = found_on(site, "gelu")[
        "finding/activation/gelu/float32/derivative/ulp/nonfinite/negative/1"
    ]
    asked = {key.removeprefix("data-"): row[key] for key in row if key.startswith("data-")}
    assert asked == {
        "kind": "non-finite", "framework": "torch", "format": "float32", "status": "new",
        "explained": "unexplained", "cause": "",
    }  # fmt: skip
    row = found_on(site, "he_normal")["finding/initializer/he_normal/defaults/default/mode"]
    assert (row["data-explained"], row["data-cause"]) == ("explained", "other-mode")
    assert "data-format" not in row
    row = found_on(site, "leaky_relu")[
        "finding/activation/leaky_relu/float32/value/ulp/beyond/negative/2"
    ]
    assert (row["data-status"], row["data-kind"]) == ("gone", "gone")
    assert not (site / "findings" / "relu.html").exists()  # nothing departs


def test_what_departs_is_summed_up_by_entry_and_cause(results: Results, site: Path) -> None:
    found = {(one.entry.name, one.slug, one.kinds[0]): one for one in summaries(results)}
    assert {key: len(one.seen) for key, one in found.items()} == {
        ("gelu", "lost-tail", "accuracy"): 2,
        ("gelu", None, "error"): 1,
        ("gelu", None, "non-finite"): 1,
        ("leaky_relu", None, "gone"): 1,
        ("softplus", "lost-tail", "unsupported"): 1,
        ("softplus", None, "layout"): 1,
        ("he_normal", "other-mode", "definition"): 1,
        ("momentum", None, "definition"): 1,
    }
    text = (site / "findings.html").read_text(encoding="utf-8")
    for one in found.values():
        page, _, query = one.address.partition("?")
        assert f'href="{page}?{query}"' in text
        key, _, word = query.partition("=")
        rows = Rows((site / page).read_text(encoding="utf-8")).found.values()
        assert any(word in row[f"data-{key}"].split() for row in rows)


def test_a_finding_is_told_with_where_it_is_and_what_is_right(site: Path) -> None:
    text = (site / "findings" / "gelu.html").read_text(encoding="utf-8")
    start = text.index('<tr id="finding/activation/gelu/float32/value/ulp/beyond/negative/1"')
    row = text[start : text.index("</tr>", start)]
    for told in (
        "lost &lt;tail&gt; *here* | 17 %", "of 1,000", "1.7×10⁷ ulp",  # noqa: RUF001
        '>-inf</code> to <code title="-0x1.6666666666666p+2">-5.6</code>', ">-0.0</code>",
        '">-5.9e-09</code>', '<a href="../findings.html#lost-tail">', ">worse</abbr>: torch",
    ):  # fmt: skip
        assert told in row, told


def test_scripts_are_loaded_where_they_are_used(site: Path) -> None:
    loads = {
        page: "filter.js" in (site / f"{page}.html").read_text(encoding="utf-8")
        for page in ("findings", "findings/gelu", "defaults", "index", "conventions")
    }
    assert loads == {
        "findings": True, "findings/gelu": True, "defaults": True, "index": False,
        "conventions": False,
    }  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="no browser to run the script in")
@pytest.mark.parametrize(
    ("page", "query", "shown"),
    [
        ("findings", "kind=non-finite&framework=torch&entry=gelu&status=new", 1),
        ("findings", "q=made-up+tail", 2),
        ("findings", "status=error", 1),
        ("findings", "cause=lost-tail", 2),
        ("findings", "explained=unexplained", 4),
        ("findings/gelu", "cause=lost-tail", 2),
        ("findings/gelu", "kind=accuracy&format=float32", 1),
        ("findings/gelu", "q=lost+%3Ctail%3E", 1),
    ],
)
def test_an_address_chooses_rows(
    site: Path, tmp_path: Path, page: str, query: str, shown: int
) -> None:
    text = browsed(site / f"{page}.html", query, tmp_path)
    count = re.search(r"<output[^>]*>(\d+) of (\d+) rows</output>", text)
    assert count is not None
    assert int(count[1]) == shown < int(count[2])
    rows = re.findall(r"<tr [^>]*data-kind=[^>]*>", text)
    assert sum(" hidden" not in row for row in rows) == shown


@pytest.mark.skipif(CHROMIUM is None, reason="no browser to run the script in")
def test_a_word_that_no_row_has_chooses_nothing_and_is_told(site: Path, tmp_path: Path) -> None:
    text = browsed(site / "findings.html", "kind=no-such-kind&status=new&q=NAN", tmp_path)
    assert re.search(r"<output[^>]*>1 of 8 rows; no row has kind \"no-such-kind\"</output>", text)


@pytest.mark.skipif(CHROMIUM is None, reason="no browser to run the script in")
def test_the_former_address_of_a_finding_leads_to_its_row(site: Path, tmp_path: Path) -> None:
    row = "finding/activation/gelu/float32/value/ulp/beyond/negative/1"
    text = browsed(site / "findings.html", f"#{row}", tmp_path)
    assert "<h1>Every finding of gelu" in text
    assert f'<tr id="{row}"' in text


@pytest.mark.skipif(CHROMIUM is None, reason="no browser to run the script in")
def test_an_address_sorts_rows(site: Path, tmp_path: Path) -> None:
    for sign in ("-", ""):
        text = browsed(site / "findings.html", f"sort={sign}worst+error&status=new", tmp_path)
        assert f'aria-sort="{"descending" if sign else "ascending"}"' in text
        told = re.findall(r'data-label="worst error" data-value="([^"]*)">[^<]*<', text)
        errors = [float(one) for one in told]
        known = [one for one in errors if one != -1]
        assert len(known) > 1
        assert known == sorted(known, reverse=bool(sign))
        assert errors[len(known) :] == [-1] * (len(errors) - len(known))  # blank ones are last


def browsed(page: Path, query: str, profile: Path) -> str:
    """Return a page as it stands once its scripts have run."""
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={profile}", "--dump-dom", f"{page.as_uri()}?{query}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout


def test_defaults_that_differ_are_told() -> None:
    rows = {(one.entry.name, one.name): one for one in defaults.parameters(FUNCTIONS)}
    slope = rows["leaky_relu", "negative_slope"]
    # OpenVINO's operators and MNN's ELU have no defaults, ncnn's layers and MNN's ReLU others.
    assert slope.differ == ["tensorflow", "keras", "openvino", "ncnn", "mnn"]
    assert slope.by_framework["keras"].text == "0.2; the layer 0.3"
    assert rows["elu", "alpha"].by_framework["tensorflow"].text == "1.0, always"
    assert rows["elu", "alpha"].differ == ["openvino", "ncnn", "mnn"]
    assert rows["variance_scaling", "mode"].differ == ["jax"]
    assert set(rows) == {
        (entry.name, name)
        for entry in FUNCTIONS
        for name in (*entry.parameters, *getattr(entry, "choices", {}))
    }


def test_names_that_mean_several_things_are_told(results: Results) -> None:
    plain = {(one.entry.name, one.framework) for one in defaults.plain_names(results, FUNCTIONS)}
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
    (asked,) = (one for one in run.results if one.id.endswith("kink"))
    (note,) = asked.outcome.findings
    outside = msgspec.structs.replace(note, kind="convention", sentence="2.0 is none", data={})
    found = {
        "float32": note,
        "float64": msgspec.structs.replace(note, data={**note.data, "derivative": 0.01}),
        "float16": outside,
    }
    kinks = [
        msgspec.structs.replace(
            asked,
            id=f"activation/leaky_relu/{fmt}/derivative/kink",
            outcome=msgspec.structs.replace(asked.outcome, findings=[one]),
        )
        for fmt, one in found.items()
    ]
    save(msgspec.structs.replace(run, results=kinks), tmp_path / "conformance-torch.json")
    taken = conventions.at_kinks(Results(tmp_path), spec.activations["leaky_relu"])
    assert [(one.text, one.conforms, one.formats) for one in taken] == [
        ("at x = 0 it takes the left derivative", True, ["float32", "float64"]),
        ("2.0 is none", False, ["float16"]),
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
    assert set(terms) <= set(names.words(spec.activations[name]))


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
