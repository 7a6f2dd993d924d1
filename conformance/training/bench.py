"""Time the epochs of NumPy and PyTorch side by side.

``python -m actinit.conformance.training.bench`` prints the medians and their ratio.

Both train in one process from the same start, an epoch of one after an epoch of the other, so that
whatever else the machine does falls on both. The first epoch of each is not counted.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path
from statistics import median

import msgspec

from actinit.conformance.machine import Machine, this_machine
from actinit.spec import experiment as spec

from ..files import write_atomically
from . import backends, data

__all__ = ["Bench", "compare"]

PAIR = ("numpy", "torch")


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds per epoch, validation included, in the order in which they were measured."""

    versions: dict[str, str]
    machine: Machine
    seconds: dict[str, list[float]]
    medians: dict[str, float]
    ratio: float  #: Of the medians, NumPy's over PyTorch's.


def compare(experiment: spec.Experiment, pictures: data.Data, epochs: int) -> Bench:
    """Time epochs of both backends in turn.

    Parameters
    ----------
    experiment : Experiment
        What is trained, from ``he_normal``.
    pictures : Data
        What it is trained on.
    epochs : int
        How many epochs of each count.

    Returns
    -------
    Bench
        The measurements.
    """
    training = msgspec.structs.replace(experiment.training, epochs=epochs + 1)
    experiment = msgspec.structs.replace(experiment, training=training)
    loaded = [backends.load(name) for name in PAIR]
    runs = [backend.train(experiment, "he_normal", pictures, training.seed) for backend in loaded]
    rounds = islice(zip(*runs, strict=True), 1, None)
    columns = zip(*([epoch.seconds for epoch in pair] for pair in rounds), strict=True)
    seconds = {name: list(column) for name, column in zip(PAIR, columns, strict=True)}
    medians = {name: median(column) for name, column in seconds.items()}
    return Bench(
        versions={key: value for backend in loaded for key, value in backend.versions.items()},
        machine=this_machine(),
        seconds=seconds,
        medians=medians,
        ratio=medians["numpy"] / medians["torch"],
    )


def main() -> None:
    """Measure, print the medians and their ratio, and write all to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=9, help="default: %(default)s")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with the MNIST files")
    parser.add_argument("--output", type=Path, default=Path("build/results/bench-training.json"))
    args = parser.parse_args()
    experiment = spec.experiment("mnist_mlp")
    pictures = data.load(
        spec.data_set(experiment.data_set), experiment.training.pixel_scale, args.data
    )
    bench = compare(experiment, pictures, args.epochs)
    write_atomically(args.output, msgspec.json.format(msgspec.json.encode(bench)) + b"\n")
    for name, seconds in bench.medians.items():
        print(f"{name:6} {seconds:.3f} s per epoch, median of {args.epochs}")
    print(f"ratio  {bench.ratio:.2f}")


if __name__ == "__main__":
    main()
