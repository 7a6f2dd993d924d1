"""The site, built twice: from a small set of made-up results, and from none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from helpers.patience import PATIENCE

from actinit import adapters
from actinit.conformance.check import Finding, Outcome, Witness
from actinit.conformance.kinds import Kind
from actinit.conformance.known.files import save_baseline
from actinit.conformance.published import answers, curves, differences, downloads, propagation
from actinit.conformance.results.baseline import Baseline, Header, KnownFinding
from actinit.conformance.results.claims import Claims, Decision, Plot, PlotLine
from actinit.conformance.results.conformance import Compared, ConformanceReport, Result, Status
from actinit.conformance.results.machine import Machine
from actinit.conformance.results.parity import (
    Comparison,
    Divergence,
    Drift,
    Mark,
    Parity,
    ParityReport,
)
from actinit.conformance.results.standing import Standing
from actinit.conformance.results.store import save
from actinit.conformance.results.training import Epoch, Run, TrainingReport, Verdict
from actinit.conformance.training import results as training
from actinit.conformance.training import study
from actinit.spec.experiment import experiment

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))  # as docs/conf.py does

Built = tuple[Path, subprocess.CompletedProcess[str]]
MACHINE = Machine(
    platform="linux-x86_64", cpu="Maker", model="Model 1", simd="avx2", cores=2, python="3.11.0"
)
DATE = "2026-11-23T12:00:00+00:00"


def result(
    id: str, status: Status, outcome: Outcome | None, cause: str | None = None,
    fails: bool = False,
) -> Result:  # fmt: skip
    """Make a result; the id says which entry it is of. Its findings all stand alike."""
    family, entry, _ = id.split("/", 2)
    standing = {"error": "new", "void": "known"}.get(status, status)
    standings = [
        Standing(key=one.key, status=standing, cause=cause)
        for one in (outcome.findings if outcome else [])
        if one.kind
    ]
    if status == "gone":
        standings = [Standing(key="beyond/negative/2", status="gone", why="beyond from -2 to -1")]
    return Result(
        id=id, entry=entry, family=family, clause=f"spec/{family}s/{entry}.toml [value]",
        status=status, fails=fails, message=outcome.message if outcome else "no such thing",
        outcome=outcome, standings=standings,
        snippet="import torch\nprint(torch.__version__)", seconds=0.1,
    )  # fmt: skip


def conforming(
    message: str, grade: str | None = None, error: float = 0.5, **more: object
) -> Outcome:
    """Make an outcome that conforms; a grade is that of its witness."""
    measured = {"graded_ulp": error} if grade else {}
    witness = Witness.of(-6.0, -5.9e-9, -5.9e-9, error=error, budget=4.0) if grade else None
    return Outcome(conforms=True, message=message, grade=grade, witness=witness,
                   **{"measured": measured, **more})  # fmt: skip


def diverging(
    key: str, kind: Kind, sentence: str, grade: str | None = None, error: float = float("inf"),
    **more: object,
) -> Outcome:  # fmt: skip
    """Make an outcome of one finding with a witness."""
    worst = Witness.of(-6.0, -0.0, -5.9e-9, error=error, budget=4.0)
    finding = Finding(
        key=key, kind=kind, defect=key.split("/")[0], sentence=sentence, first="-inf", last="-5.6",
        first_hex="-inf", last_hex=(-5.6).hex(), count=17, points=1000, worst=worst,
    )  # fmt: skip
    measured = {"graded_ulp": error} if grade and error < float("inf") else {}
    return Outcome.diverging([finding], grade=grade, measured=measured, **more)


def kink(side: str) -> Outcome:
    """Make an outcome of a kink: the side that is taken is a fact, not a sentence."""
    sentence = f"at x = 0.0 it takes the {side} derivative, 1.0"
    facts = {"at": 0.0, "side": side, "derivative": 1.0}
    note = Finding(key="kink/0", kind=None, defect="kink", sentence=sentence, data=facts)
    return conforming(sentence, findings=[note])


#: A result of every status, on a few entries.
RESULTS = [
    result("activation/gelu/float32/value/ulp", "worse",
           diverging("beyond/negative/1", "accuracy", "lost <tail> *here* | 17 %", "D", 1.7e7,
                     curve={"2^0": 1.23, "-2^1": 2.5, "-2^2": 1.7e7}), "lost-tail", fails=True),
    result("activation/gelu/float64/value/ulp", "passed", conforming("at most 0.5 ulp", "A")),
    result("activation/gelu/float32/value/special", "error",
           diverging("raised/TypeError", "error", "TypeError: no", "F"), fails=True),
    result("activation/gelu/float32/derivative/ulp", "new",
           diverging("nonfinite/negative/1", "non-finite", "nan", "F")),
    result("activation/gelu/float32/value/layout", "known",
           diverging("strided", "layout", "other bits", error=1.0), "lost-tail"),
    result("initializer/he_normal/defaults", "known",
           diverging("default/mode", "definition", "another mode", "F"), "other-mode"),
    result("activation/leaky_relu/float32/value/ulp", "gone",
           conforming("at most 2 ulp", "B", 2.0)),
    result("activation/leaky_relu/float32/derivative/kink", "passed", kink("left")),
    result("activation/softplus/float16/value/ulp", "known",
           diverging("raised/NotImplementedError", "unsupported", "not implemented"), "lost-tail"),
    result("activation/softplus/float32/derivative/layout", "better",
           diverging("strided", "layout", "other bits", error=1.0)),
    result("activation/silu/float32/value/ulp", "void", conforming("at most 0.5 ulp", "A"),
           fails=True),
    result("activation/maxout/float32/value/ulp", "not-offered", None),
    result("training/momentum/float64/parity", "new",
           diverging("update", "definition", "they part at step 2", error=1e3), fails=True),
    result("initializer/he_normal/float32/distribution", "passed",
           conforming("fits", measured={"draws": 1000})),
    result("initializer/he_normal/float32/moments", "passed",
           conforming("as they should be", measured={
               "drawn_mean": 0.00012345, "drawn_stddev": 0.04421, "due_mean": 0.0,
               "due_stddev": 0.044194})),
]  # fmt: skip
COMPARED = Compared(
    backend="torch", environment="linux-x86_64-maker-avx2", versions={"torch": "2.12.0"},
    date=DATE, strict=False,
)  # fmt: skip
CAUSES = """
[lost-tail]
entries = ["activation/*"]
backends = ["torch", "torch-compile"]
checks = ["*"]
kinds = ["accuracy", "layout", "unsupported"]
what = "A made-up tail is lost."
why = "It is cut <off>."
link = "https://example.org/tail"
releases = {since = "torch 2.1"}

[other-mode]
entries = ["initializer/he_normal"]
backends = ["torch"]
checks = ["defaults"]
kinds = ["definition"]
what = "Another mode by default."

[other-distribution]
entries = ["initializer/he_normal"]
backends = ["keras*"]
checks = ["*"]
kinds = ["distribution"]
what = "Another distribution, made up."
"""


@pytest.fixture(scope="session")
def made_up() -> list[Result]:
    """Return the results that the site is built from."""
    return RESULTS


@pytest.fixture(scope="session")
def build(plots: Path) -> Callable[..., Built]:
    """Return the function that builds the site from a copy of its sources."""
    return partial(_build, plots=plots)


@pytest.fixture(scope="session")
def known_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with causes and a baseline."""
    folder = tmp_path_factory.mktemp("known")
    (folder / "causes").mkdir()
    (folder / "causes" / "torch.toml").write_text(CAUSES, "utf-8")
    tail = KnownFinding(key="beyond/negative/1", kind="accuracy", first="")
    header = Header(
        versions={"torch": "2.12.0"}, platform=MACHINE.platform, cpu=MACHINE.cpu,
        simd=MACHINE.simd, device="cpu", date=DATE,
    )  # fmt: skip
    measured = Baseline(
        backend="torch", family="torch", header=header,
        checks={"activation/gelu/float32/value/ulp": [tail]},
    )  # fmt: skip
    save_baseline(measured, folder / "baselines")
    return folder


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of every sort."""
    folder = tmp_path_factory.mktemp("results")
    found = ConformanceReport(
        backend="torch", family="torch", device="cpu", versions={"torch": "2.13.0"},
        machine=MACHINE, baseline=COMPARED, date=DATE, complete=False, results=RESULTS,
    )  # fmt: skip
    save(found, folder / "conformance-torch.json")
    save(trained_twice(), folder / "parity-keras-torch.json")
    # Any backend will do: what matters is that something is there to be shown.
    recorded = answers.record(adapters.load("numpy"), found)
    save(recorded, folder / "answers-torch.json")
    save(curves.compute(), folder / "curves.json")
    save(differences.compute(), folder / "differences.json")
    downloads.compute(folder, ["gelu"], ["float8_e5m2", "bfloat16", "float32"])
    save(propagation.compute(), folder / "propagation.json")
    save(decided(), folder / "claims.json")
    training.save(trained(), folder / "training-mnist_mlp-torch.json")
    save(study.compute(experiment("mnist_mlp"), [trained()]), folder / "study-mnist_mlp.json")
    return folder


def trained_twice() -> ParityReport:
    """Return a parity report of one optimizer, with a reason to diverge."""
    at = Divergence(step=2, operation="optimizer", what="bias of layer 1", difference=1e-8)

    def one(matched: list[str], divergence: Divergence | None) -> Comparison:
        found = Parity(
            optimizer="momentum", steps=4, agrees=divergence is None, greatest=1e-9,
            divergence=divergence, losses=[(1, 0.0), (2, 1e-9 if divergence else 1e-16)],
        )  # fmt: skip
        return Comparison(matched=matched, parity=found)

    marks = [Mark(step=step, between=1e-6, backend=2e-6, reference=0.0) for step in (1, 2, 4)]
    later = "2100-01-01T00:00:00+00:00"  # than what is kept with the sources
    return ParityReport(
        backend="keras-torch", versions={"keras": "3.15.1"}, machine=MACHINE, date=later,
        compared=[one([], at), one(["made up reason"], None)],
        drifts=[Drift(optimizer="momentum", dtype="float32", marks=marks)],
    )  # fmt: skip


def decided() -> Claims:
    """Return two claims, one with a picture."""
    plot = Plot(x="x", y="y", lines=[PlotLine(label="a", x=[0, 1], y=[0, 1])])
    made_up = {"sigmoid_slope": None, "tanh_steeper": plot}
    return Claims(
        versions={"numpy": "2.4.6"},
        decisions=[
            Decision(id=name, verdict="true", figure=f"1 of | {name}", plot=plot)
            for name, plot in made_up.items()
        ],
    )


def trained() -> TrainingReport:
    """Return a training report with one of the initializations, cut short."""
    plan = experiment("mnist_mlp")
    start = plan.starts[0]
    figures = {"loss": 2.3013, "accuracy": 0.1124, "val_loss": 2.301, "val_accuracy": 0.1135}
    verdict = Verdict(status="met", expected="the article's figures", found="the same")
    run = Run(
        start=start.name, seed=1, date=DATE, minus_article=[], verdict=verdict,
        epochs=[Epoch(seconds=1.5, **figures) for _ in start.loss],
    )  # fmt: skip
    return TrainingReport(
        experiment=plan.name, backend="torch", device="cpu", versions={"torch": "2.13.0"},
        machine=MACHINE, date=DATE, optimizer="adam", batch_size=128, epochs=len(start.loss),
        digest="0" * 16, starts=[start.name],
        seeds=[1], complete=False, runs=[run],
    )  # fmt: skip


@pytest.fixture(scope="session")
def plots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of drawn plots that all sites keep theirs in: most are in each of them."""
    return tmp_path_factory.mktemp("plots")


def _build(folder: Path, results: Path, plots: Path, known: Path | None = None) -> Built:
    """Build the site from a copy of its sources; a warning is an error."""
    if not (folder / "docs").exists():
        kept_out = shutil.ignore_patterns(  # what a build writes
            "_generated", "activations", "checks", "experiments", "findings", "frameworks",
            "initializers", "layers", "training", "__pycache__",
        )  # fmt: skip
        shutil.copytree(ROOT / "docs", folder / "docs", ignore=kept_out)
        for file in ("CHANGELOG.md", "CITATION.cff"):
            shutil.copy(ROOT / file, folder)
        (folder / "adapters").symlink_to(ROOT / "adapters")  # a guide shows files of it
        (folder / "docs" / "_generated").mkdir()
        (folder / "docs" / "_generated" / "plots").symlink_to(plots)
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "-q", "-b", "html", "docs", "site"]
    environment = {**os.environ, "ACTINIT_RESULTS": str(results)}
    environment["ACTINIT_KNOWN"] = str(known or "")
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    return folder / "site", done


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    results_folder: Path,
    known_folder: Path,
    plots: Path,
) -> Path:
    """Return the site with results."""
    folder = tmp_path_factory.mktemp("measured")
    pages, done = _build(folder, results_folder, plots, known_folder)
    assert done.returncode == 0, done.stderr
    return pages


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory, plots: Path) -> Path:
    """Return the site without results."""
    pages, done = _build(tmp_path_factory.mktemp("bare"), Path("nowhere"), plots)
    assert done.returncode == 0, done.stderr
    return pages
