"""Time an epoch of NumPy beside those of PyTorch and Keras, and beside its own matrix products.

``actinit bench training`` prints the medians and their ratios.

All train in one process from the same initialization, an epoch of one after an epoch of the other,
so that whatever else the machine does falls on each. The first epochs are not counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median

import msgspec
import numpy as np
from rich.console import Console

from actinit.adapters import BackendMissingError
from actinit.adapters.training import Data
from actinit.conformance.results.machine import this_machine
from actinit.spec import experiment as spec

from ..results.bench import TrainingBench
from ..results.ratio import Ratio, table
from ..results.store import save
from ..training import backends, data
from ..training.numpy_trainer import Network

__all__ = ["compare", "products"]

#: What is divided by the others, where they are installed.
BASIS = "numpy"
#: The matrix products of NumPy's epoch, and nothing else.
PRODUCTS = "its matrix products alone"
#: How much of each other's time an epoch of NumPy may take.
BOUNDS = {"torch": 0.6, "keras-tensorflow": 0.5, PRODUCTS: 2.5}
START = "he_normal"


def products(experiment: spec.Experiment, pictures: Data) -> Iterator[float]:
    """Yield seconds per epoch of the products that NumPy's training cannot do without.

    Forward each layer's inputs and weights; backward its inputs and the gradient of its sums, and,
    above the first layer, that gradient and its weights; forward again for the validation. On
    arrays of the right shapes that are there already: the floor of what an epoch can take.
    """
    network = Network(experiment.network, START, np.random.default_rng(0))
    size, count = experiment.training.batch_size, len(pictures.train.x)
    batches = [size] * (count // size) + [count % size] * (count % size > 0)
    inputs, sums = network.forward(pictures.train.x[:size])
    while True:
        begun = time.perf_counter()
        for n in batches:
            for depth, layer in enumerate(network.layers):
                x, delta = inputs[depth][:n], sums[depth][:n]
                x @ layer.weights
                x.T @ delta
                if depth:
                    delta @ layer.weights.T
        x = pictures.test.x
        for layer in network.layers:
            x = x @ layer.weights
        yield time.perf_counter() - begun


def compare(experiment: spec.Experiment, pictures: Data, epochs: int) -> TrainingBench:
    """Time epochs of all that is installed, in turn.

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
    TrainingBench
        The measurements.
    """
    training = msgspec.structs.replace(experiment.training, epochs=epochs + 1)
    experiment = msgspec.structs.replace(experiment, training=training)
    loaded = list(_installed())
    runs: dict[str, Iterator[float]] = {
        backend.name: (
            epoch.seconds for epoch in backend.train(experiment, START, pictures, training.seed)
        )
        for backend in loaded
    }
    runs[PRODUCTS] = products(experiment, pictures)
    rounds = islice(zip(*runs.values(), strict=False), 1, epochs + 1)
    seconds = {
        name: list(column) for name, column in zip(runs, zip(*rounds, strict=True), strict=True)
    }
    medians = {name: median(column) for name, column in seconds.items()}
    versions = {"numpy": version("numpy")}
    for backend in loaded:
        versions |= backend.versions
    return TrainingBench(
        experiment=experiment.name,
        versions=versions,
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=seconds,
        medians=medians,
        ratios=[
            Ratio(
                what=f"an epoch of {BASIS}",
                of=name,
                ratio=medians[BASIS] / medians[name],
                bound=bound,
                at_least=False,
            )
            for name, bound in BOUNDS.items()
            if name in medians
        ],
    )


def _installed() -> Iterator[backends.Backend]:
    for name in (BASIS, *(name for name in BOUNDS if name != PRODUCTS)):
        try:
            yield backends.load(name)
        except BackendMissingError as error:
            print(f"{name} is left out: {error}")


def run(epochs: int, folder: Path | None, output: Path) -> int:
    """Measure, print the medians and the ratios, and write all to a file."""
    experiment = spec.experiment("mnist_mlp")
    pictures = data.load(
        spec.data_set(experiment.data_set), experiment.training.pixel_scale, folder
    )
    bench = compare(experiment, pictures, epochs)
    save(bench, output)
    console = Console(highlight=False)
    for name, seconds in bench.medians.items():
        console.print(f"{name}: {seconds:.3f} s per epoch, median of {epochs}")
    console.print(table(bench.ratios))
    console.print(f"written to {output}")
    return 0
