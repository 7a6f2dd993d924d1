"""Vectors on the pages of functions: every file is there, and the lines of the page read one."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actinit import reference, spec
from actinit.conformance.formats import FORMATS
from actinit.conformance.published.downloads import INDEX
from actinit.conformance.results.store import read
from actinit.conformance.results.vectors import VectorFiles


def page(site: Path, name: str) -> str:
    return (site / "activations" / f"{name}.html").read_text(encoding="utf-8")


def test_each_file_is_offered_with_its_hash_and_is_there(site: Path, results_folder: Path) -> None:
    text = page(site, "gelu")
    offered = re.findall(r'<a href="../(data/vectors/[^"]*)" download', text)
    listed = read(results_folder / INDEX, VectorFiles).vectors
    assert [Path(one).name for one in offered] == [name for one in listed for name in one.files]
    for place in offered:
        assert (site / place).read_bytes() == (
            results_folder / "vectors" / Path(place).name
        ).read_bytes()
    for one in listed:
        assert one.sha256 in text
        assert f"<td>{one.number_of_tests:,}</td>" in text
    assert (site / "data/schemas/vectors.schema.json").exists()


def test_the_lines_of_the_page_read_a_file(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = next(
        one
        for one in re.findall(r"<pre>(.*?)</pre>", page(site, "gelu"), re.DOTALL)
        if "gzip" in one
    )
    monkeypatch.chdir(site / "data" / "vectors")
    found: dict[str, Any] = {}
    exec(html.unescape(re.sub("<[^>]*>", "", code)), found)
    fmt = FORMATS["bfloat16"]
    right, ours = found["right"].astype(np.uint16), reference.gelu(fmt.every()).view(np.uint16)
    with np.errstate(invalid="ignore"):  # of a nan that signals
        nan = np.isnan(fmt.every().astype(np.float64))
    assert ((right == ours) | nan).all()
    assert found["derivative"]["part"] == "derivative"


def test_where_there_are_none_the_page_says_how_to_write_them(site: Path) -> None:
    for name, entry in spec.activations.items():
        elementwise = entry.shape == "elementwise"
        text = re.sub("<[^>]*>", "", page(site, name))
        assert (f"actinit vectors {name} --format bfloat16" in text) == elementwise
        assert ("actinit compute vectors" in text) == (elementwise and name != "gelu")


def test_what_a_page_loads_stays_light(site: Path) -> None:
    for file in (site / "data" / "vectors").iterdir():
        assert file.stat().st_size < 500_000
