"""The sessions. Plain ``nox`` is the main job: every backend checked and trained, then the site."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
# pip, so that a constraint file means the same wheels everywhere.
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
# A session of an interpreter that is not there is skipped, and says so.
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
RESULTS = ROOT / "build" / "results"
SITE = ROOT / "build" / "site"
PINS = ["-c", "constraints/backends.txt", "-c", "constraints/tools.txt"]
WORKERS = min(4, os.cpu_count() or 1)
PYPROJECT = nox.project.load_toml("pyproject.toml")

#: What is known of each framework before anything is installed, in the order of all lists.
FRAMEWORKS = sorted(
    map(nox.project.load_toml, ROOT.glob("adapters/*/backend.toml")), key=lambda one: one["order"]
)
#: Backend: extras that its environment needs; what has none of its own comes with the suite.
BACKENDS = {
    name: ",".join(("conformance", *{name} & PYPROJECT["project"]["optional-dependencies"].keys()))
    for framework in FRAMEWORKS
    for name in framework["modes"]
}
#: The backends that the suite or their adapter trains.
TRAINED = [
    name
    for framework in FRAMEWORKS
    for name in framework["modes"]
    if name == "numpy" or name in framework.get("training", {}).get("backends", ())
]
#: The backends that are asked to carry signals through deep networks.
DEPTH = [name for framework in FRAMEWORKS for name in framework.get("depth", ())]
#: The backends of the main job; the others run when they are named.
MAIN = [name for framework in FRAMEWORKS for name in framework.get("main", ())]
#: The backends that the tests have at hand: those of the main job, and the first of each other
#: framework, unless it trains: the tests of a trainer take some minutes, and those two show them.
TESTED = [
    next(iter(framework.get("main", framework["modes"])))
    for framework in FRAMEWORKS
    if "main" in framework or "training" not in framework
]

#: What does not depend on any framework: the bits are to be the same on every interpreter.
OF_PYTHONS = ["tests/spec", "tests/reference", "tests/test_formats.py", "tests/test_plan.py"]

nox.options.sessions = [f"{step}({name})" for step in ("conformance", "mnist") for name in MAIN]
nox.options.sessions.append("docs")


def _install(session: nox.Session, extras: str, *groups: str) -> None:
    """Install the package and what a session needs, unless its environment has just that."""
    wanted = [item for group in groups for item in PYPROJECT["dependency-groups"][group]]
    asked = [*PINS, "-e", f".[{extras}]", *wanted]
    files = [ROOT / "pyproject.toml", *(ROOT / name for name in PINS if name.endswith(".txt"))]
    facts = "\n".join([str(ROOT), *asked, *(file.read_text("utf-8") for file in files)])
    digest = hashlib.sha256(facts.encode()).hexdigest()
    # An environment that is made anew has no mark in it.
    mark = Path(session.virtualenv.location or "", "installed.sha256")
    if mark.exists() and mark.read_text("utf-8") == digest:
        session.log("nothing to install: neither requirements nor pins have changed")
        return
    mark.unlink(missing_ok=True)
    session.install(*asked)
    mark.write_text(digest, "utf-8")


def _extras(backends: Iterable[str]) -> str:
    """Return the extras of several backends at once, as pip takes them."""
    return ",".join(dict.fromkeys(",".join(BACKENDS[name] for name in backends).split(",")))


@nox.session
@nox.parametrize("backend", [nox.param(name, id=name) for name in BACKENDS])
def conformance(session: nox.Session, backend: str) -> None:
    """Check a backend against the spec; arguments reach actinit check."""
    _install(session, BACKENDS[backend])
    session.run("actinit", "check", backend, *session.posargs)


@nox.session
@nox.parametrize("backend", [nox.param(name, id=name) for name in BACKENDS])
def baseline(session: nox.Session, backend: str) -> None:
    """Measure a backend on this machine and write its baseline; ``-- -k mish`` adds an entry."""
    _install(session, BACKENDS[backend])
    # What is new here fails the check, and is what the baseline is written for.
    session.run("actinit", "check", backend, *session.posargs, success_codes=[0, 1])
    session.run("actinit", "baseline", "extend" if session.posargs else "write", backend)


@nox.session
@nox.parametrize("backend", [nox.param(name, id=name) for name in BACKENDS])
def controls(session: nox.Session, backend: str) -> None:
    """Ask each check of a copy of the backend with a planted fault, which it must see."""
    _install(session, BACKENDS[backend])
    folder = session.create_tmp()  # beside the results, which the site draws
    session.run("actinit", "check", backend, "--controls", "--results", folder, *session.posargs)


@nox.session
@nox.parametrize("backend", [nox.param(name, id=name) for name in BACKENDS])
def exhaustive(session: nox.Session, backend: str) -> None:
    """Check every float32 input of a backend; arguments reach actinit exhaustive."""
    _install(session, BACKENDS[backend])
    session.run("actinit", "exhaustive", backend, *session.posargs)


@nox.session
@nox.parametrize("backend", [nox.param(name, id=name) for name in TRAINED])
def mnist(session: nox.Session, backend: str) -> None:
    """Train a network on MNIST, by default the article's, with three seeds; see actinit train."""
    _install(session, BACKENDS[backend])
    # Three runs make intervals; those that are in the results folder already are not made again.
    session.run("actinit", "train", "--backend", backend, *(session.posargs or ("--seeds", "3")))


@nox.session
@nox.parametrize("backend", [nox.param(name, id=name) for name in TRAINED if name != "numpy"])
def parity(session: nox.Session, backend: str) -> None:
    """Train as the reference does, step by step; arguments reach actinit parity."""
    _install(session, BACKENDS[backend])
    session.run("actinit", "parity", backend, *session.posargs)


@nox.session
def depth(session: nox.Session) -> None:
    """Simulate deep networks from every start, frameworks beside the reference."""
    _install(session, _extras(DEPTH))
    file = RESULTS / "depth.json"
    session.run("actinit", "depth", "--backends", *DEPTH, "--output", file)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site from the spec and the results, and say what came out."""
    _install(session, "conformance", "docs")
    for words in ("compute curves", "compute differences", "compute propagation", "claims"):
        file = RESULTS / f"{words.split()[-1]}.json"
        session.run("actinit", *words.split(), "--output", file)
    session.run("actinit", "compute", "vectors", "--output", RESULTS)  # what has changed of them
    measured = ROOT / "docs" / "measured"
    session.run("actinit", "compute", "study", RESULTS, measured, "--output", RESULTS)
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-q", "-b", "html", "docs", SITE)
    if any(RESULTS.glob("conformance-*.json")):
        session.run("actinit", "summary")
    session.log(f"the site: {(SITE / 'index.html').as_uri()}")


@nox.session
def tests(session: nox.Session) -> None:
    """Test the suite itself: deliberately wrong backends, the oracle, the metric, the loaders."""
    _install(session, _extras(TESTED), "test", "docs", "browser")
    # In several processes; what the tests share is made once in each (tests/conftest.py).
    command = ("pytest", "tests", "--timeout=300", f"-n{WORKERS}", *session.posargs)
    # They start hundreds of others, which are not to translate our modules anew each time.
    session.run(*command, env={"PYTHONDONTWRITEBYTECODE": ""})


@nox.session(python=["3.12", "3.13"])
def pythons(session: nox.Session) -> None:
    """Test spec and reference on other interpreters, with the newest NumPy that they have."""
    session.install("-e", ".[conformance]", *PYPROJECT["dependency-groups"]["test"])
    session.run("pytest", *OF_PYTHONS, "--timeout=300", f"-n{WORKERS}", *session.posargs)


@nox.session
def floors(session: nox.Session) -> None:
    """Test spec and reference with the lowest versions that ``pyproject.toml`` allows."""
    project = PYPROJECT["project"]
    stated = [*project["dependencies"], *project["optional-dependencies"]["conformance"]]
    stated += PYPROJECT["dependency-groups"]["test"]
    lowest = Path(session.create_tmp(), "lowest.txt")
    # The newest of its fixes, without which a floor is what nobody would install.
    lowest.write_text("".join(f"{one.replace('>=', '==')}.*\n" for one in stated), "utf-8")
    tests = PYPROJECT["dependency-groups"]["test"]
    session.install("-c", lowest, "-e", ".[conformance]", *tests)
    session.run("pytest", *OF_PYTHONS, "--timeout=300", f"-n{WORKERS}", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Open every page of the site that was built, in chromium; arguments reach pytest."""
    _install(session, "conformance", "test", "docs", "browser")
    session.env["ACTINIT_SITE"] = str(SITE)
    session.run("pytest", "tests/docs/browser", "--timeout=300", *session.posargs)


@nox.session
def picture(session: nox.Session) -> None:
    """Take the README's picture of the site that was built, in chromium."""
    _install(session, "conformance", "browser")
    session.run("python", "docs/picture.py", SITE, ROOT / "docs" / "_static" / "matrix.png")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format with ruff."""
    session.install(*PINS, *PYPROJECT["dependency-groups"]["lint"])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typing(session: nox.Session) -> None:
    """Check types with mypy, strict."""
    _install(session, "conformance", "typing", "test")
    session.run("mypy")


@nox.session
def build(session: nox.Session) -> None:
    """Build the sdist, the wheel from it, and try that wheel away from the sources."""
    session.install(*PINS, "build")
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", dist, ".")  # the wheel comes from the sdist
    (wheel,) = dist.glob("*.whl")
    session.install(*PINS, f"{wheel}[conformance]")
    # Its version is that of the wheel before, which pip would keep.
    session.install("--force-reinstall", "--no-deps", str(wheel))
    with session.chdir(session.create_tmp()):
        session.run("actinit", "list")
        session.run("python", "-m", "actinit", "--version")
        session.run("python", "-c", "import actinit.testing; from actinit import check; check")
        session.run("actinit", "check", "numpy", "-k", "relu or he_normal")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, as ratios in one run, what draws, a sweep and a training epoch cost."""
    _install(session, _extras(MAIN), "bench")
    # One thread: what NumPy's QR gains from more depends on the machine.
    session.run("actinit", "bench", "draws", env={"OPENBLAS_NUM_THREADS": "1"})
    session.run("actinit", "bench", "reference", *session.posargs)  # --against CHECKOUT
    session.run("actinit", "bench", "sweep")
    session.run("actinit", "bench", "training")
