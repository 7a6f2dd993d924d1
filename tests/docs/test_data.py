"""The site for machines: files with schemas, anchors that are there, labels that others can use."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import msgspec
import pytest
from actinit_site.content import links
from actinit_site.machines import schemas
from actinit_site.results import Results

from actinit import spec
from actinit.conformance.published.badge import badge
from actinit.conformance.results.conformance import ConformanceReport, Result
from actinit.conformance.results.registry import RECORDS, SCHEMAS, kind_of


def inventory(site: Path) -> dict[str, str]:
    """Read the places of labels from a site's inventory; its head has four lines."""
    packed = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    lines = [line.split(maxsplit=4) for line in zlib.decompress(packed).decode().splitlines()]
    return {
        name: place.removesuffix("$") + (name if place.endswith("$") else "")
        for name, role, _, place, _ in lines
        if role == "std:label"
    }


def load(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("sort", schemas.ENTRIES)
def test_every_entry_has_a_file_of_its_schema(bare_site: Path, sort: str) -> None:
    schema = load(bare_site / "data" / "schemas" / f"spec-{sort}.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    catalogue, _ = schemas.ENTRIES[sort]
    for name in catalogue:
        content = load(bare_site / "data" / "spec" / sort / f"{name}.json")
        jsonschema.validate(content, schema)
        assert content["schema"] == schema["$id"]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**content, "no such key": 1}, schema)


def test_a_renamed_key_has_its_old_name_too(bare_site: Path) -> None:
    stated = load(bare_site / "data/spec/initializer/he_normal.json")
    assert stated["law"] == stated["distribution"]
    schema = load(bare_site / "data/schemas/spec-initializer.schema.json")
    assert schema["properties"]["law"]["deprecated"]


def test_nothing_is_lost_on_the_way_to_json(bare_site: Path) -> None:
    found = load(bare_site / "data" / "spec" / "activation" / "leaky_relu.json")
    entry = spec.activations["leaky_relu"]
    assert found["value"]["pieces"][1]["then"] == entry.value.pieces[1].then.text
    assert found["parameters"]["negative_slope"]["default"] == 0.01
    cases = {str(float(case["x"])): case["value"] for case in found["special"]["cases"]}
    assert cases.keys() == {"0.0", "-0.0", "inf", "-inf", "nan"}
    assert math.copysign(1, cases["-0.0"]) == -1
    assert cases["-inf"] == "-inf"


def test_the_index_names_files_that_are_there(site: Path) -> None:
    folder = site / "data"
    index = load(folder / "index.json")
    named = [index["spec"], index["checks"], index["causes"]]
    named += [*index["results"], *index["schemas"]]
    named += index["badges"].values()
    entries = load(folder / "spec.json")["entries"]
    named += [place for places in entries.values() for place in places.values()]
    assert sum(len(places) for places in entries.values()) == sum(
        len(catalogue) for catalogue, _ in schemas.ENTRIES.values()
    )
    for place in named:
        assert (folder / place).is_file(), place


def test_results_are_there_as_they_are_and_of_their_schema(
    site: Path, results_folder: Path
) -> None:
    for file in results_folder.glob("*.json"):
        copy = site / "data" / "results" / file.name
        assert copy.read_bytes() == file.read_bytes()
    for file in (site / "data" / "results").iterdir():
        schema = load(site / "data" / "schemas" / f"{kind_of(file)}.schema.json")
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(load(file), schema)


def test_schemas_that_are_published_with_the_suite_are_those_of_the_site(bare_site: Path) -> None:
    published = sorted(SCHEMAS.glob("*.schema.json"))
    assert {file.name for file in published} == {f"{kind}.schema.json" for kind in RECORDS}
    for file in published:
        assert load(file) == load(bare_site / "data" / "schemas" / file.name)


def test_every_check_leads_to_its_anchor(site: Path, made_up: list[Result]) -> None:
    checks = load(site / "data" / "checks.json")["checks"]
    assert set(checks) == {result.id for result in made_up}
    for id, place in checks.items():
        page, _, anchor = place.partition("#")
        assert anchor == id
        assert f'id="{anchor}"' in (site / page).read_text(encoding="utf-8")


def test_entries_and_checks_can_be_linked_from_elsewhere(site: Path, made_up: list[Result]) -> None:
    labels = inventory(site)
    for entry in links.entries():
        page, _, anchor = labels[f"{entry.family}/{entry.name}"].partition("#")
        assert page == f"{links.path(entry)}.html"
        assert f'id="{anchor}"' in (site / page).read_text(encoding="utf-8")
    for result in made_up:
        page, _, anchor = labels[result.id].partition("#")
        assert unquote(anchor) == result.id
        assert page in {f"{links.checks(entry)}.html" for entry in links.entries()}
        assert page.endswith(f"/{result.entry}.html")
    # Labels are compared in small letters.
    assert all(result.id == result.id.lower() for result in made_up)


def test_a_badge_says_what_was_found_and_whether_it_is_explained(
    results_folder: Path, known_folder: Path
) -> None:
    results = Results(results_folder, known=known_folder)
    (run,) = results.reports
    assert badge(run) == {
        "schemaVersion": 1,
        "label": "actinit: torch 2.13.0",
        "message": "A on 40 %, 4 failed, 2 causes, 4 unexplained, partial",
        "color": "red",
    }
    kept = [one for one in run.results if one.status in ("passed", "known", "not-offered")]
    assert told(run, kept)["color"] == "blue"
    unexplained = [*kept, *(one for one in run.results if one.status == "better")]
    assert told(run, unexplained)["color"] == "orange"
    passed = [one for one in kept if one.status == "passed"]
    assert told(run, passed) == {
        "schemaVersion": 1,
        "label": "actinit: torch 2.13.0",
        "message": "A on 100 %, 0 unexplained",
        "color": "brightgreen",
    }


def told(run: ConformanceReport, checks: list[Result]) -> dict[str, Any]:
    """Return the badge of a complete run of some checks."""
    whole = msgspec.structs.replace(run, results=checks, complete=True)
    return badge(whole)


def test_causes_are_published_with_their_slugs(site: Path, known_folder: Path) -> None:
    found = load(site / "data" / "causes.json")
    jsonschema.validate(found, load(site / "data" / "schemas" / "causes.schema.json"))
    assert list(found["causes"]) == list(Results(known_folder, known=known_folder).causes)
    assert found["causes"]["lost-tail"]["link"] == "https://example.org/tail"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**found, "no such key": 1}, schemas.of_causes())
    assert "environments" not in load(site / "data" / "spec.json")


def test_without_results_there_is_the_spec_and_no_badge(bare_site: Path) -> None:
    assert load(bare_site / "data" / "index.json")["badges"] == {}
    assert load(bare_site / "data" / "checks.json")["checks"] == {}
    assert not (bare_site / "data" / "badges").exists()
