"""The training experiments and their data sets, as frozen, validated classes.

An experiment is one TOML file in ``spec/experiments``; the data it trains on is described by one in
``spec/experiments/data_sets``. Whatever is wrong in such a file is refused with file, key and
reason.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar

from msgspec import Meta, Struct

from . import holds, optimizers
from .architecture import Architecture, Conv2D, Dense
from .errors import SpecError, UnknownNameError
from .loader import HERE, INITIALIZERS, read, table
from .optimizer import Optimizer

__all__ = [
    "Architecture",
    "ArticleFigures",
    "Choice",
    "Comparison",
    "DataFile",
    "DataFiles",
    "DataSet",
    "Experiment",
    "NpmPackage",
    "Start",
    "Stays",
    "Training",
    "ValAccuracy",
    "Weights",
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
    pictures: Positive | None = None  #: So many, the first of the data set; all if it is not said.
    seed: Annotated[int, Meta(ge=0)]
    pixel_scale: PositiveReal
    loss: Literal["cross_entropy"]


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


class Stays(_Strict, frozen=True, kw_only=True, tag_field="kind", tag="stays"):
    """Expect a figure of the validation to stay within bounds until the end of an epoch."""

    figure: Literal["val_loss", "val_accuracy"]
    at_least: float = -math.inf
    at_most: float = math.inf
    until_epoch: Positive

    def __post_init__(self) -> None:
        if not (math.isfinite(self.at_least) or math.isfinite(self.at_most)):
            raise ValueError("expected at_least, at_most or both")


class Weights(NamedTuple):
    """What a layer's weights are drawn from."""

    initializer: str  #: The name of its entry.
    parameters: dict[str, float]  #: Those that are not left at their defaults.


class Start(_Strict, frozen=True, kw_only=True):
    """An initialization of the weights, with the article's figures for each epoch, if it has any.

    The weights are drawn from the entry of the initialization's own name, or else from
    `initializer` with `parameters`.
    """

    name: Name
    initializer: Name | None = None
    parameters: dict[str, float] = {}
    keras_draws: Name
    loss: Losses = ()
    accuracy: Shares = ()
    val_loss: Losses = ()
    val_accuracy: Shares = ()
    expect: ArticleFigures | Stays | ValAccuracy
    note: str

    def __post_init__(self) -> None:
        lengths = {len(self.loss), len(self.accuracy), len(self.val_loss), len(self.val_accuracy)}
        if len(lengths) != 1:
            raise ValueError("loss, accuracy, val_loss and val_accuracy differ in length")
        if isinstance(self.expect, ArticleFigures) and not self.loss:
            raise ValueError(f"{self.name} expects the article's figures and has none")
        # Only its name tells an initialization apart, so an entry's name must mean that entry.
        if self.parameters and self.initializer in (None, self.name):
            raise ValueError(
                f"{self.name} has parameters; expected a name of its own and the initializer"
            )

    @property
    def weights(self) -> Weights:
        """What it draws from."""
        return Weights(self.initializer or self.name, self.parameters)


class Experiment(_Strict, frozen=True, kw_only=True):
    """One network on one data set, trained from several initializations."""

    name: Name
    since: str
    title: str
    summary: str
    source: str = ""  #: Where it is taken from, if it is.
    data_set: Name
    training: Training
    network: Architecture
    optimizer: Choice
    comparison: Comparison
    starts: tuple[Start, ...]
    references: tuple[str, ...]

    def __post_init__(self) -> None:
        names = [start.name for start in self.starts]
        if not names or len(set(names)) < len(names):
            raise ValueError("starts need names of their own, and at least one is needed")

    def start(self, name: str) -> Start:
        """Return the initialization of that name.

        Raises
        ------
        UnknownNameError
            If there is none; the message gives the nearest match.
        """
        return _look_up("start", name, {start.name: start for start in self.starts})

    def weights(self, layer: Dense | Conv2D, start: str) -> Weights:
        """Return what a layer of the network draws its weights from in a run from `start`."""
        name = layer.initializer_from(start)
        return self.start(name).weights if layer.initializer == "start" else Weights(name, {})


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
        for start in record.starts:
            _require_initializer(file, start)
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


def _require_initializer(file: Path, start: Start) -> None:
    drawn = start.weights
    for key, name in (("initializer", drawn.initializer), ("keras_draws", start.keras_draws)):
        if name not in INITIALIZERS:
            reason = str(UnknownNameError("initializer", name, INITIALIZERS))
            raise SpecError(file, f"starts.{start.name}.{key}", reason)
    known = INITIALIZERS[drawn.initializer].parameters
    for name in drawn.parameters:
        if name not in known:
            reason = str(UnknownNameError(f"parameter of {drawn.initializer}", name, known))
            raise SpecError(file, f"starts.{start.name}.parameters", reason)


def _files(folder: Path) -> dict[str, Path]:
    return {file.stem: file for file in folder.glob("*.toml")}


def _look_up(what: str, name: str, known: dict[str, Value]) -> Value:
    if name not in known:
        raise UnknownNameError(what, name, known)
    return known[name]
