"""``actinit compute``: compute what the site draws from the spec and the reference alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import told
from .options import RESULTS, data_option, entry_names, output_option, results_option

if TYPE_CHECKING:
    from ..results.rounding import CorrectRounding

__all__ = ["ACCURACY", "ROUNDING", "add_arguments"]

#: Takes an hour, so that it is kept with the project.
ACCURACY = Path("docs/measured/reference-accuracy.json")
#: All of it takes an hour of a core.
ROUNDING = Path("docs/measured/correct-rounding.json")
# What the convolutions' signals are computed for.
_EXPERIMENT = "mnist_cnn"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a verb for each file of results."""
    verbs = parser.add_subparsers(required=True, metavar="WHAT")

    curves = verbs.add_parser("curves", help="points of the plots of every function")
    output_option(curves, "curves.json")
    curves.set_defaults(run=_curves)

    propagation = verbs.add_parser("propagation", help="gains, moments and fixed points")
    output_option(propagation, "propagation.json")
    propagation.set_defaults(run=_propagation)

    differences = verbs.add_parser("differences", help="how far any two functions lie apart")
    output_option(differences, "differences.json")
    differences.set_defaults(run=_differences)

    signals = verbs.add_parser("signals", help="what theory says of the network of convolutions")
    signals.add_argument("--experiment", default=_EXPERIMENT, metavar="NAME")
    data_option(signals)
    signals.add_argument("--output", type=Path, default=RESULTS, metavar="DIR")
    signals.set_defaults(run=_signals)

    accuracy = verbs.add_parser(
        "accuracy", help="the reference's worst cases, and where it rounds twice"
    )
    accuracy.add_argument(
        "--output", type=Path, default=ACCURACY, metavar="FILE",
        help="what to write (default: the project's snapshot, %(default)s)",
    )  # fmt: skip
    accuracy.add_argument(
        "--every", type=int, default=1, metavar="N",
        help="look at one float32 input in N for double rounding (all take an hour of a core)",
    )  # fmt: skip
    accuracy.add_argument(
        "--only", nargs="+", default=[], metavar="NAME",
        help="measure these functions and keep the figures of the others, as the file has them",
    )  # fmt: skip
    accuracy.add_argument(
        "--missing", action="store_true",
        help="measure what the file lacks, functions and formats, and keep what it has",
    )  # fmt: skip
    accuracy.set_defaults(run=_accuracy)

    proof = verbs.add_parser(
        "proof", help="whether the reference is correctly rounded, at every input"
    )
    proof.add_argument(
        "--output", type=Path, default=ROUNDING, metavar="FILE",
        help="what to write (default: the project's snapshot, %(default)s); what it knows of "
        "others is kept",
    )  # fmt: skip
    proof.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these functions")
    proof.add_argument(
        "--part", nargs="+", choices=("value", "derivative"), default=["value", "derivative"]
    )
    proof.add_argument(
        "--formats", nargs="+", metavar="NAME", help="default: all but float64; float32 takes long"
    )
    proof.add_argument("--workers", type=int, default=1, metavar="N", help="processes")
    proof.add_argument(
        "--journal", type=Path, default=RESULTS / "proof", metavar="DIR",
        help="where what is done is kept, so that a run can go on (default: %(default)s)",
    )  # fmt: skip
    proof.set_defaults(run=_proof)

    hard = verbs.add_parser(
        "hard-cases", help="the inputs whose exact results are the hardest to round"
    )
    hard.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of these functions")
    hard.add_argument(
        "--bits", type=int, default=34, metavar="N",
        help="search 2**N numbers of float64 in each place (default: %(default)s); 0 keeps what is "
        "known of them",
    )  # fmt: skip
    hard.add_argument(
        "--journal", type=Path, default=RESULTS / "proof", metavar="DIR",
        help="where proofs have left the hardest inputs of other formats (default: %(default)s)",
    )  # fmt: skip
    hard.add_argument(
        "--output", type=Path, metavar="DIR", help="folder (default: that of the package)"
    )
    hard.set_defaults(run=_hard_cases)

    power = verbs.add_parser("power", help="how surely the statistics see each fault")
    output_option(power, "statistics-power.json")
    power.add_argument("--runs", type=int, default=20, metavar="N")
    power.set_defaults(run=_power)

    vectors = verbs.add_parser(
        "vectors", help="inputs and exact results of every function, as the site offers them"
    )
    vectors.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of these functions")
    vectors.add_argument("--formats", nargs="+", default=[], metavar="NAME", help="by default all")
    vectors.add_argument(
        "--output", type=Path, default=RESULTS, metavar="DIR",
        help="folder of the results, in which vectors/ is made (default: %(default)s); what is "
        "there and has not changed is kept",
    )  # fmt: skip
    vectors.set_defaults(run=_vectors)

    answers = verbs.add_parser("answers", help="a backend's answers at the inputs of its report")
    answers.add_argument("backend", help="such as torch")
    results_option(answers)
    answers.set_defaults(run=_answers)

    exports = verbs.add_parser(
        "exports", help="which operators each function becomes in an exporter's files"
    )
    exports.add_argument("backend", help="such as torch-onnx-onnxruntime")
    results_option(exports)
    exports.set_defaults(run=_exports)

    schemas = verbs.add_parser("schemas", help="the JSON Schema of every kind of results file")
    schemas.add_argument(
        "--output", type=Path, metavar="DIR", help="folder (default: the one that is published)"
    )
    schemas.set_defaults(run=_schemas)

    study = verbs.add_parser("study", help="what the training runs of all backends come to")
    study.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="with results")
    study.add_argument("--output", type=Path, default=RESULTS, metavar="DIR")
    study.set_defaults(run=_study)


def _curves(options: argparse.Namespace) -> int:
    from ..published.curves import compute
    from ..results.store import save

    save(compute(), options.output)
    return 0


def _propagation(options: argparse.Namespace) -> int:
    from ..published.propagation import compute
    from ..results.store import save

    save(compute(), options.output)
    return 0


def _differences(options: argparse.Namespace) -> int:
    from ..published.differences import compute
    from ..results.store import save

    save(compute(), options.output)
    return 0


def _signals(options: argparse.Namespace) -> int:
    from actinit.spec import experiment as spec

    from ..published.signals import compute
    from ..results.store import save
    from ..training import data

    experiment = spec.experiment(options.experiment)
    training = experiment.training
    pictures = data.load(
        spec.data_set(experiment.data_set), training.pixel_scale, options.data,
        pictures=training.pictures,
    )  # fmt: skip
    found = compute(experiment, pictures.train)
    save(found, options.output / f"signals-{experiment.name}.json")
    return 0


def _accuracy(options: argparse.Namespace) -> int:
    from actinit.spec import UnknownNameError, activations

    from ..published.accuracy import Effort, compute
    from ..results.accuracy import Accuracies
    from ..results.store import read, save

    kept = options.only or options.missing
    before = read(options.output, Accuracies) if kept else None
    try:
        names = entry_names(options.only, activations)
        found = compute(Effort(every32=options.every), names, before, missing=options.missing)
    except (ValueError, UnknownNameError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    save(found, options.output)
    return 0


def _proof(options: argparse.Namespace) -> int:
    from actinit.spec import UnknownNameError, activations

    from ..parallel import ThisMachine, WorkerDiedError
    from ..proof.compute import PROVEN_FORMATS, elementwise, prove_all
    from ..results.rounding import CorrectRounding
    from ..results.store import read, save

    formats = options.formats or list(PROVEN_FORMATS)
    try:
        names = entry_names(options.only, activations, elementwise(), "function of one number")
        for name in formats:
            if name not in PROVEN_FORMATS:
                raise UnknownNameError("format with a proof", name, PROVEN_FORMATS)
        if options.workers < 1:
            raise ValueError(f"--workers {options.workers} would do nothing; expected 1 or more")
        before = read(options.output, CorrectRounding) if options.output.exists() else None
        with ThisMachine(options.workers) as executor:
            found = prove_all(
                names or elementwise(), options.part, formats, executor, options.journal,
                before, on_proven=lambda found: save(found, options.output),
            )  # fmt: skip
    except (ValueError, UnknownNameError, WorkerDiedError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    return _say_wrong(found)


def _hard_cases(options: argparse.Namespace) -> int:
    from actinit.spec import UnknownNameError, activations

    from ..expected.hard_cases import FOLDER, file_of, hard_cases
    from ..proof.cases import find
    from ..proof.compute import elementwise
    from ..results.store import save

    try:
        names = entry_names(options.only, activations, elementwise(), "function of one number")
        for name in names or elementwise():
            before = hard_cases(name) if file_of(name).exists() else None
            found = find(name, options.journal, options.bits, before)
            save(found, (options.output or FOLDER) / file_of(name).name)
    except (ValueError, UnknownNameError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    return 0


def _say_wrong(found: CorrectRounding) -> int:
    """Say which results are not correctly rounded; return 1 if there are any."""
    wrong = [
        f"{name} {part} {fmt}: {proven.not_correctly_rounded:,} of {proven.inputs:,} results are "
        f"not the nearest numbers, the first at {proven.wrong[0].x_hex}"
        for name, parts in found.entries.items()
        for part, formats in parts.items()
        for fmt, proven in formats.items()
        if proven.not_correctly_rounded
    ]
    print("\n".join(wrong) or "all results are the nearest numbers")
    return int(bool(wrong))


def _power(options: argparse.Namespace) -> int:
    from ..published.power import compute
    from ..results.store import save

    save(compute(options.runs), options.output)
    return 0


def _vectors(options: argparse.Namespace) -> int:
    from actinit.spec import UnknownNameError, activations

    from ..formats import FORMATS
    from ..published.downloads import compute

    elementwise = [name for name, entry in activations.items() if entry.shape == "elementwise"]
    try:
        names = entry_names(options.only, activations, elementwise, "function of one number")
        for name in options.formats:
            if name not in FORMATS:
                raise UnknownNameError("format", name, FORMATS)
        compute(
            options.output, names, options.formats,
            on_written=lambda one: print(", ".join(one.files)),
        )  # fmt: skip
    except (LookupError, OSError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    return 0


def _answers(options: argparse.Namespace) -> int:
    from ..published.answers import StaleReportError, ask_again

    try:
        file = ask_again(options.backend, options.results)
    except StaleReportError as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    print(f"results: {file}")
    return 0


def _exports(options: argparse.Namespace) -> int:
    from actinit.adapters import AdapterError
    from actinit.spec import UnknownNameError

    from ..published.exports import exports
    from ..results.store import save

    try:
        found = exports(options.backend)
    except (AdapterError, UnknownNameError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    file = options.results / f"exports-{found.backend}.json"
    save(found, file)
    print(f"results: {file}")
    return 0


def _schemas(options: argparse.Namespace) -> int:
    from ..results.registry import SCHEMAS, write_schemas

    for file in write_schemas(options.output or SCHEMAS):
        print(file)
    return 0


def _study(options: argparse.Namespace) -> int:
    from actinit.spec import experiment as spec

    from ..results.store import save
    from ..training.results import collect
    from ..training.study import compute

    for name in spec.names():
        if found := collect(options.folders, name):
            study = compute(spec.experiment(name), found)
            save(study, options.output / f"study-{name}.json")
    return 0
