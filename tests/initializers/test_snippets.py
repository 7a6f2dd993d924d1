"""The lines that are shown to be pasted draw what the check drew, and show what it found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers.imports import FRAMEWORKS
from helpers.installed import loaded
from helpers.pasting import labelled, pasted

from actinit import adapters, spec
from actinit.conformance.initializers.distributions import defaults
from actinit.conformance.initializers.draws import Draw
from actinit.conformance.known.files import BASELINES, known_baselines
from actinit.conformance.plan import plan
from actinit.conformance.run.session import Session

SIZES = {"i": 24, "o": 16}


@pytest.mark.parametrize("backend", ["numpy", *sorted(FRAMEWORKS)])
@pytest.mark.parametrize("name", ["he_normal", "glorot_uniform", "orthogonal", "constant"])
def test_lines_to_paste_draw_the_same(backend, name, capsys):
    adapter, entry = loaded(backend), spec.initializers[name]
    if adapter.family not in adapters.bindings(entry):
        pytest.skip(f"{backend} does not draw {name}")
    draw = Draw(entry, "float32", "float32", SIZES, defaults(entry)).offered(adapter)
    exec(draw.lines(adapter).replace("{loaded_by}", backend), {})
    said = capsys.readouterr().out.split()
    drawn = draw.run(adapter).astype(np.float64)
    assert [float(word) for word in said] == [drawn.mean(), drawn.std(), drawn.min(), drawn.max()]


@pytest.mark.parametrize("name", ["he_normal", "variance_scaling", "dirac"])
def test_a_backend_without_lines_of_its_own_gets_some(name, capsys):
    adapter, entry = adapters.load("numpy"), spec.initializers[name]
    sizes = {"w": 3, **SIZES} if name == "dirac" else SIZES
    layer = "conv1d" if name == "dirac" else "dense"
    draw = Draw(entry, "float32", "float32", sizes, defaults(entry), layer)
    bare = adapters.load("numpy")
    bare.family = ""
    exec(draw.lines(bare).replace("{loaded_by}", "numpy"), {})
    first = float(capsys.readouterr().out.split()[0])
    assert first == pytest.approx(float(draw.run(adapter).mean()), abs=1e-6)


def departures():
    """Yield a backend of each framework, with a check for each sort of finding that is known of it.

    A sort is a kind and a defect, of initializers or of layers; and one training that diverges.
    What raises is left out: the lines show the first of the check's shapes, and it may be another.
    """
    seen = set()
    for baseline in known_baselines(BASELINES):
        chosen = {}
        for id in sorted(baseline.checks):
            family = id.partition("/")[0]
            for finding in baseline.checks[id] if family in ("initializer", "layer") else ():
                if finding.kind == "error":
                    continue
                chosen.setdefault((family, finding.kind, finding.key.split("/")[0]), id)
            if family == "training":
                chosen.setdefault(family, id)
        if baseline.family not in seen and len(chosen) > 5:
            seen.add(baseline.family)
            yield pytest.param(baseline.backend, set(chosen.values()), id=baseline.backend)


@pytest.mark.parametrize(("backend", "ids"), list(departures()))
def test_each_finding_is_shown_beside_what_is_right(backend, ids):
    session = Session(loaded(backend))
    for check in plan():
        if check.id in ids:
            session.run(check)
    found = [one for one in session.results if one.outcome and not one.outcome.conforms]
    assert len(found) > 5
    said, needed = pasted([one.snippet for one in found])
    assert needed == any("training/" in one.id for one in found)
    unseen = [
        f"{one.id}: {one.outcome.witness}\n{one.snippet}\n{text}"
        for one, text in zip(found, said, strict=True)
        if not (shown(text, one) if one.outcome.witness else "Error" in text)
    ]
    assert not unseen, "\n\n".join(unseen)


def shown(said, result):
    """Whether the deviation from what is right was printed, to within a hundredth of it.

    It is the same to the last digit where weights are the same; a fan is read off fewer layers than
    the check builds, and a coefficient of correlation off other means.
    """
    witness = result.outcome.witness
    if not witness.exact[-1].isdigit():  # words
        return f"right {witness.exact}" in said and "got " in said
    got, right = labelled(said, "got"), labelled(said, "right")
    if len(got) != 1 or len(right) != 1 or float(right[0]) != float(witness.exact):
        return False
    due = float(right[0])
    if not math.isfinite(float(got[0])):
        return witness.got == str(float(got[0]))
    deviation = float(witness.got) - due
    # What ignores the seed gives another number each time.
    slack = 0.5 if "seed/" in result.id and "sparse" in result.id else 0.01
    return abs(float(got[0]) - due - deviation) <= slack * abs(deviation)
