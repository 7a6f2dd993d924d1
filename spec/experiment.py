"""The training experiments and their data sets, as frozen, validated classes.

An experiment is one TOML file in ``spec/experiments``; the data it trains on is described by one in
``spec/experiments/data_sets``. Whatever is wrong in such a file is refused with file, key and
reason.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from msgspec import Meta, Struct

from . import holds, optimizers
from .errors import SpecError, UnknownNameError
from .loader import HERE, read, table
from .optimizer import Optimizer

__all__ = [
    "ArticleFigures",
    "Choice",
    "Comparison",
    "DataFile",
    "DataFiles",
    "DataSet",
    "Experiment",
    "Layer",
    "Network",
    "NpmPackage",
    "Start",
    "Training",
    "ValAccuracy",
    "data_set",
    "experiment",
    "load_data_set",
    "load_experiment",
    "names",
]

EXPERIMENTS = HERE / "experiments"

Positive = Annotated[int, Meta(gt=0)]
PositiveReal = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
HttpsFolder = Annotated[str, Meta(pattern=r"^https://.+/$")]
Losses = tuple[Annotated[float, Meta(ge=0)], ...]
Shares = tuple[Share, ...]


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen record that refuses keys it does not know."""


class DataFile(_Strict, frozen=True, kw_only=True):
    """One file in the IDX format; `bytes` and `sha256` are of the uncompressed file."""

    name: str
    shape: tuple[Positive, ...]
    bytes: Positive
    sha256: Sha256

    def __post_init__(self) -> None:
        expected = 4 + 4 * len(self.shape) + math.prod(self.shape)
        if self.bytes != expected:
            raise ValueError(f"shape makes {expected} bytes with its header, not {self.bytes}")


class DataFiles(_Strict, frozen=True, kw_only=True):
    """The four files of a data set of labelled pictures."""

    train_images: DataFile
    train_labels: DataFile
    test_images: DataFile
    test_labels: DataFile

    def __post_init__(self) -> None:
        for images, labels in (
            (self.train_images, self.train_labels),
            (self.test_images, self.test_labels),
        ):
            if images.shape[:1] != labels.shape:
                raise ValueError(f"{images.name} and {labels.name} differ in length")


class NpmPackage(_Strict, frozen=True, kw_only=True):
    """An npm package that holds the files, uncompressed, in `folder` of its archive."""

    package: str
    version: str
    folder: str


class DataSet(_Strict, frozen=True, kw_only=True):
    """A data set: its files, how to know them, and where to get them."""

    name: Name
    since: str
    title: str
    summary: str
    classes: Positive
    mirrors: tuple[HttpsFolder, ...]
    npm: NpmPackage
    files: DataFiles
    references: tuple[str, ...]


class Training(_Strict, frozen=True, kw_only=True):
    """How long and in what portions the network is trained."""

    epochs: Positive
    batch_size: Positive
    seed: Annotated[int, Meta(ge=0)]
    pixel_scale: PositiveReal
    loss: Literal["cross_entropy"]


class Layer(_Strict, frozen=True, kw_only=True):
    """A dense layer; the initializer ``"start"`` is the one that the experiment varies."""

    units: Positive
    activation: Name
    initializer: Name

    def initializer_from(self, start: str) -> str:
        """Return the initializer of this layer in a run from `start`."""
        return start if self.initializer == "start" else self.initializer


class Network(_Strict, frozen=True, kw_only=True):
    """Dense layers one after the other."""

    inputs: Positive
    bias: Literal["zeros"]
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise ValueError("a network needs at least one layer")
        if self.layers[-1].activation != "softmax":
            raise ValueError("the loss is that of a softmax: the last layer's activation must be")
        if any(layer.activation == "softmax" for layer in self.layers[:-1]):
            raise ValueError("softmax belongs to the last layer only")


class Choice(_Strict, frozen=True, kw_only=True):
    """An optimizer's entry, and what some of its parameters are instead of their defaults."""

    name: Name
    parameters: dict[str, float] = {}

    @property
    def entry(self) -> Optimizer:
        """The entry of that name.

        Raises
        ------
        UnknownNameError
            If there is none; the message gives the nearest match.
        """
        return optimizers[self.name]

    def rates(self, entry: Optimizer | None = None) -> dict[str, float]:
        """Return a value for each parameter of the entry, or of a variant of it."""
        entry = entry or self.entry
        return {
            name: self.parameters.get(name, parameter.default)
            for name, parameter in entry.parameters.items()
        }


class Comparison(_Strict, frozen=True, kw_only=True):
    """How runs of several seeds are compared."""

    confidence: Annotated[float, Meta(gt=0, lt=1)]  #: Of every interval.
    alpha: Annotated[float, Meta(gt=0, lt=1)]  #: Risk of a wrong statement, of a family of tests.
    margins: dict[str, PositiveReal]  #: By figure: means that differ by less are equivalent.
    figure: str  #: The figure by which starts are compared.


class ArticleFigures(_Strict, frozen=True, kw_only=True, tag_field="kind", tag="article_figures"):
    """Expect the article's four figures from an epoch on.

    Rounded to `decimals`, as Keras prints them, each may be off by `units` in the last.
    """

    from_epoch: Positive
    decimals: Positive
    units: Annotated[int, Meta(ge=0)]


class ValAccuracy(_Strict, frozen=True, kw_only=True, tag_field="kind", tag="val_accuracy"):
    """Expect a validation accuracy to be reached by the end of an epoch."""

    at_least: Share
    by_epoch: Positive


class Start(_Strict, frozen=True, kw_only=True):
    """One start of the weights, with the article's figures at the end of each epoch."""

    name: Name
    keras_draws: Name
    loss: Losses
    accuracy: Shares
    val_loss: Losses
    val_accuracy: Shares
    expect: ArticleFigures | ValAccuracy
    note: str

    def __post_init__(self) -> None:
        lengths = {len(self.loss), len(self.accuracy), len(self.val_loss), len(self.val_accuracy)}
        if len(lengths) != 1:
            raise ValueError("loss, accuracy, val_loss and val_accuracy differ in length")


class Experiment(_Strict, frozen=True, kw_only=True):
    """One network on one data set, trained from several starts."""

    name: Name
    since: str
    title: str
    summary: str
    source: str
    data_set: Name
    training: Training
    network: Network
    optimizer: Choice
    comparison: Comparison
    starts: tuple[Start, ...]
    references: tuple[str, ...]

    def __post_init__(self) -> None:
        names = [start.name for start in self.starts]
        if not names or len(set(names)) < len(names):
            raise ValueError("starts need names of their own, one start at least")

    def start(self, name: str) -> Start:
        """Return the start of that name.

        Raises
        ------
        UnknownNameError
            If there is none; the message gives the nearest match.
        """
        return _look_up("start", name, {start.name: start for start in self.starts})


Record = TypeVar("Record", Experiment, DataSet)
Value = TypeVar("Value")


def load_experiment(file: Path) -> Experiment:
    """Read an experiment from a TOML file.

    Raises
    ------
    SpecError
        If the file is not TOML, lacks a key, has an unknown one or a wrong value.
    """
    return _load(file, Experiment)


def load_data_set(file: Path) -> DataSet:
    """Read a data set from a TOML file.

    Raises
    ------
    SpecError
        If the file is not TOML, lacks a key, has an unknown one or a wrong value.
    """
    return _load(file, DataSet)


@cache
def experiment(name: str) -> Experiment:
    """Return the spec's experiment of that name, ``mnist_mlp`` for one.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    SpecError
        If its file is wrong.
    """
    return load_experiment(_look_up("experiment", name, _files(EXPERIMENTS)))


def names() -> list[str]:
    """Return the names of the spec's experiments."""
    return sorted(_files(EXPERIMENTS))


@cache
def data_set(name: str) -> DataSet:
    """Return the spec's data set of that name, ``mnist`` for one.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    SpecError
        If its file is wrong.
    """
    return load_data_set(_look_up("data set", name, _files(EXPERIMENTS / "data_sets")))


def _load(file: Path, kind: type[Record]) -> Record:
    record: Record = read(file, kind)
    if record.name != file.stem:
        raise SpecError(file, "name", f"{record.name!r} is not the file's name")
    for key in record.references:
        if key not in table("references"):
            raise SpecError(file, "references", f"references.toml has no {key!r}")
    if isinstance(record, Experiment):
        _require_optimizer(file, record.optimizer)
    return record


def _require_optimizer(file: Path, choice: Choice) -> None:
    try:
        entry = choice.entry
    except UnknownNameError as error:
        raise SpecError(file, "optimizer.name", str(error)) from None
    for name in choice.parameters:
        if name not in entry.parameters:
            have = ", ".join(entry.parameters)
            raise SpecError(file, f"optimizer.parameters.{name}", f"{entry.name} has: {have}")
    rates = choice.rates()
    for name, parameter in entry.parameters.items():
        if not holds(parameter.domain, rates):
            reason = f"{rates[name]!r} is outside its domain, {parameter.domain.text}"
            raise SpecError(file, f"optimizer.parameters.{name}", reason)


def _files(folder: Path) -> dict[str, Path]:
    return {file.stem: file for file in folder.glob("*.toml")}


def _look_up(what: str, name: str, known: dict[str, Value]) -> Value:
    if name not in known:
        raise UnknownNameError(what, name, known)
    return known[name]
