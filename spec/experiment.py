"""Load the training experiments and their data sets into frozen, validated classes.

An experiment is one TOML file in ``spec/experiments``; the data it trains on is described by one in
``spec/experiments/data_sets``. Whatever is wrong in such a file is refused with file, key and
reason.
"""

import difflib
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

EXPERIMENTS = Path(__file__).parent / "experiments"

Positive = Annotated[int, Meta(gt=0)]
PositiveReal = Annotated[float, Meta(gt=0)]
Decay = Annotated[float, Meta(ge=0, lt=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
HttpsFolder = Annotated[str, Meta(pattern=r"^https://.+/$")]
Losses = tuple[Annotated[float, Meta(ge=0)], ...]
Shares = tuple[Share, ...]


class ExperimentError(ValueError):
    """An experiment or data set that is unknown, unreadable or wrong."""


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen record that refuses keys it does not know."""


class DataFile(Strict, frozen=True):
    """One file in the IDX format; `bytes` and `sha256` are of the uncompressed file."""

    name: str
    shape: tuple[Positive, ...]
    bytes: Positive
    sha256: Sha256

    def __post_init__(self) -> None:
        expected = 4 + 4 * len(self.shape) + math.prod(self.shape)
        if self.bytes != expected:
            raise ValueError(f"shape makes {expected} bytes with its header, not {self.bytes}")


class DataFiles(Strict, frozen=True):
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


class NpmPackage(Strict, frozen=True):
    """An npm package that holds the files, uncompressed, in `folder` of its archive."""

    package: str
    version: str
    folder: str


class DataSet(Strict, frozen=True):
    """A data set: its files, how to know them, and where to get them."""

    name: Name
    since: str
    title: str
    summary: str
    classes: Positive
    mirrors: tuple[HttpsFolder, ...]
    npm: NpmPackage
    files: DataFiles
    references: dict[str, str]


class Training(Strict, frozen=True):
    """How long and in what portions the network is trained."""

    epochs: Positive
    batch_size: Positive
    pixel_scale: PositiveReal
    loss: Literal["cross_entropy"]


class Layer(Strict, frozen=True):
    """A dense layer; the initializer ``"start"`` is the one that the experiment varies."""

    units: Positive
    activation: Name
    initializer: Name


class Network(Strict, frozen=True):
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


class Adam(Strict, frozen=True):
    """The optimizer's parameters; see the comment in the file for the two forms of epsilon."""

    name: Literal["adam"]
    learning_rate: PositiveReal
    beta_1: Decay
    beta_2: Decay
    epsilon: PositiveReal
    epsilon_form: Literal["before_bias_correction", "after_bias_correction"]


class ArticleFigures(Strict, frozen=True, tag_field="kind", tag="article_figures"):
    """Expect the article's own four figures, to `decimals`, from an epoch on."""

    from_epoch: Positive
    decimals: Positive


class ValAccuracy(Strict, frozen=True, tag_field="kind", tag="val_accuracy"):
    """Expect a validation accuracy to be reached by the end of an epoch."""

    at_least: Share
    by_epoch: Positive


class Start(Strict, frozen=True):
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


class Experiment(Strict, frozen=True):
    """One network on one data set, trained from several starts."""

    name: Name
    since: str
    title: str
    summary: str
    source: str
    data_set: Name
    training: Training
    network: Network
    optimizer: Adam
    starts: tuple[Start, ...]
    references: dict[str, str]

    def __post_init__(self) -> None:
        names = [start.name for start in self.starts]
        if not names or len(set(names)) < len(names):
            raise ValueError("starts need names of their own, one start at least")

    def start(self, name: str) -> Start:
        """Return the start of that name.

        Raises
        ------
        ExperimentError
            If there is none; the message gives the nearest match.
        """
        starts = {start.name: start for start in self.starts}
        if name not in starts:
            raise ExperimentError(f"{self.name} has no start {name!r}{_instead(name, starts)}")
        return starts[name]


Record = TypeVar("Record", Experiment, DataSet)


def load_experiment(path: Path) -> Experiment:
    """Read an experiment from a TOML file.

    Raises
    ------
    ExperimentError
        If the file is not TOML, lacks a key, has an unknown one or a wrong value.
    """
    return _load(path, Experiment)


def load_data_set(path: Path) -> DataSet:
    """Read a data set from a TOML file.

    Raises
    ------
    ExperimentError
        If the file is not TOML, lacks a key, has an unknown one or a wrong value.
    """
    return _load(path, DataSet)


@cache
def experiment(name: str) -> Experiment:
    """Return the spec's experiment of that name, ``mnist_mlp`` for one.

    Raises
    ------
    ExperimentError
        If there is none of that name, or its file is wrong.
    """
    return load_experiment(_find(name, EXPERIMENTS))


@cache
def data_set(name: str) -> DataSet:
    """Return the spec's data set of that name, ``mnist`` for one.

    Raises
    ------
    ExperimentError
        If there is none of that name, or its file is wrong.
    """
    return load_data_set(_find(name, EXPERIMENTS / "data_sets"))


def _load(path: Path, kind: type[Record]) -> Record:
    try:
        record = msgspec.toml.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, OSError) as error:
        raise ExperimentError(f"{path}: {error}") from error
    if record.name != path.stem:
        raise ExperimentError(f"{path}: name: {record.name!r} is not the file's name")
    return record


def _find(name: str, folder: Path) -> Path:
    files = {path.stem: path for path in folder.glob("*.toml")}
    if name not in files:
        raise ExperimentError(f"no file for {name!r} in {folder.name}{_instead(name, files)}")
    return files[name]


def _instead(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(sorted(known))}"
