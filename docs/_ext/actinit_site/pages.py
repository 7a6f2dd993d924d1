"""Fills the templates and writes the pages; a page that says the same is left alone."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from actinit import reference, spec
from actinit.adapters import bindings, frameworks
from actinit.conformance.formats import FORMATS
from actinit.conformance.published.badge import badge
from actinit.conformance.results.conformance import STATUSES
from actinit.spec import AnyEntry
from actinit.spec import experiment as experiments
from actinit.spec.claim import MEANS, topics
from actinit.spec.latex import cases, latex, symbols, where

from . import figures
from .api import described
from .content import (
    baselines,
    calls,
    captions,
    claims,
    classroom,
    comparing,
    conventions,
    deep,
    defaults,
    departures,
    dispatch,
    distributions,
    downloads,
    draws,
    error_curves,
    exports,
    formulas,
    framework_pages,
    kinds,
    links,
    names,
    numbers,
    parities,
    points,
    port,
    promises,
    properties,
    releases,
    studies,
    sweeps,
    verdicts,
    view,
)
from .figures import Canvas
from .html import evaluator
from .results import Results

__all__ = ["write"]

#: What hand-written pages include.
_FRAGMENTS = ("matrix.md", "together.md", "activations.md", "initializers.md", "layers.md",
              "experiments.md", "accuracy.md", "statuses.md", "api.rst", "float32.md",
              "exactness.md", "rounding.md", "bench.md", "power.md", "starts.md",
              "parity.md", "claims.md", "convolution.md", "depth.md",
              "findings.md", "defaults.md", "conventions.md", "lacked.md", "data.md",
              "frameworks.md", "port.md", "compare.md",
              "promises.md", "classroom.md", "dispatch.md", "exports.md")  # fmt: skip


def write(source: Path, results: Results) -> None:
    """Write all generated pages and fragments below the source folder.

    Parameters
    ----------
    source : Path
        The folder of the site's sources.
    results : Results
        What was measured.
    """
    generated = source / "_generated"
    canvas = Canvas(generated / "plots")
    templates = _environment(source / "_templates" / "site", results, canvas)
    texts: dict[Path, str] = {}

    def fill(page: Path, template: str, **given: Any) -> None:
        texts[page] = templates.get_template(f"{template}.jinja").render(**given)

    for entry in links.entries():
        fill(source / f"{links.path(entry)}.md", f"{entry.family}.md", entry=entry)
        if links.checks(entry) != links.path(entry):
            fill(source / f"{links.checks(entry)}.md", "checks.md", entry=entry)
        if departures.seen(results, entry):
            fill(source / f"{links.findings(entry)}.md", "found.md", entry=entry)
    for name in experiments.names():
        fill(
            source / "experiments" / f"{name}.md",
            "experiment.md",
            plan=experiments.experiment(name),
        )
    for key, framework in frameworks().items():
        fill(source / f"{framework_pages.path(key)}.md", "framework.md", framework=framework)
    for name in _FRAGMENTS:
        fill(generated / name, name)
    for page, text in texts.items():
        _write(page, text)
    for kind in ("activations", "initializers", "layers", "training", "experiments",
                 "frameworks", "checks", "findings"):  # fmt: skip
        for page in set((source / kind).glob("*.md")) - texts.keys():
            page.unlink()


def _write(page: Path, text: str) -> None:
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


def _environment(folder: Path, results: Results, canvas: Canvas) -> Environment:
    environment = Environment(  # noqa: S701 - the pages are Markdown; parts in HTML say |html
        loader=FileSystemLoader(folder),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
    )
    curves = results.curves
    environment.globals.update(
        spec=spec,
        frameworks=frameworks,
        bindings=bindings,
        reference=reference,
        described=described,
        results=results,
        figures=figures,
        svg=canvas.svg,
        zip=zip,
        STATUSES=STATUSES,
        studies=studies,
        sweeps=sweeps,
        activation_curves={curve.entry: curve for curve in curves.activations} if curves else {},
        histograms={drawn.entry: drawn for drawn in curves.initializers} if curves else {},
        curves=curves,
        error_curves_of=error_curves,
        downloads=downloads,
        draws=draws,
        parities=parities,
        points=points,
        port=port,
        promises=promises,
        properties=properties,
        releases=releases,
        sparklines=figures.sparklines,
        FORMATS=FORMATS,
        verdicts=verdicts,
        view=view,
        evaluator=evaluator,
        kinds=kinds,
        calls=calls,
        captions=captions,
        claims=claims,
        classroom=classroom,
        comparing=comparing,
        distributions=distributions,
        formulas=formulas,
        framework_pages=framework_pages,
        links=links,
        names=names,
        numbers=numbers,
        topics=topics,
        MEANS=MEANS,
        baselines=baselines,
        departures=departures,
        dispatch=dispatch,
        exports=exports,
        deep=deep,
        all_departures=departures.departures(results),
        all_verdicts=verdicts.verdicts(results),
        cause_places=baselines.places(results),
        defaults=defaults,
        conventions=conventions,
        badge=badge,
        cases=cases,
        latex=latex,
        symbols=symbols,
        where=where,
        experiments=[experiments.experiment(name) for name in experiments.names()],
    )
    environment.globals["example"] = partial(_example, environment)
    environment.filters.update(
        html=escape,
        prose=links.linked,
        cite=links.cited,
        told=links.told,
        literal=numbers.literal,
        raised=numbers.raised,
        code="`{}`".format,
    )
    return environment


def _example(environment: Environment, entry: AnyEntry, framework: str, binding: Any) -> str:
    """Return the lines that show an entry in a framework; without any, its name there."""
    template = frameworks()[framework].page.get(entry.family)
    if template is None:
        return f"`{binding.function or binding.layer}`"
    own = getattr(binding, "own", binding)
    return environment.from_string(template).render(entry=entry, binding=own)
