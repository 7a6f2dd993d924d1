"""What the fields of an entry must be to each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .breach import Breach, undefined, unknown
from .distributions import Structured, expressions
from .expression import Expression
from .floats import holds
from .layer import AnyEntry, Layer
from .model import (
    AccuracyTable,
    Activation,
    Budget,
    Function,
    Initializer,
    Piece,
)
from .network import Network, network_breaches
from .optimizer import Optimizer

__all__ = ["breaches"]

OPEN = ("any", "any zero")
FAN_NAMES = ("fan_in", "fan_out")
MATRIX_NAMES = {"rows", "columns"}


def breaches(
    entry: AnyEntry,
    *,
    stem: str,
    accuracy: AccuracyTable,
    elementary: Collection[str],
    references: Collection[str],
    activations: Mapping[str, Activation],
    layers: Mapping[str, Layer],
) -> Iterator[Breach]:
    """Yield the key and the reason of each rule that an entry breaks.

    Parameters
    ----------
    entry : AnyEntry
        The entry, already right field by field.
    stem : str
        The file's name without its ending, which must be the entry's name.
    accuracy : AccuracyTable
        The content of accuracy.toml.
    elementary : collection of str
        The functions whose ulp formats.toml states, which a budget may name.
    references : collection of str
        The names that references.toml defines.
    activations, layers : mapping of str to entry
        The entries that a network is made of.

    Yields
    ------
    tuple of str
        Key and reason.
    """
    if entry.name != stem:
        yield "name", f"{entry.name!r} stands in the file of {stem!r}; they must be the same"
    for index, key in enumerate(entry.references):
        yield from unknown(f"references[{index}]", key, references, "references.toml")
    for name, call in entry.called.items():
        if not call.by:
            yield f"called.{name}.by", "names no library; a name that none has stands in aliases"
    match entry:
        case Activation():
            yield from _function(entry)
            yield from _activation(entry, accuracy, elementary)
        case Initializer():
            yield from _function(entry)
            yield from _initializer(entry)
        case Layer():
            yield from _layer(entry)
        case Optimizer():
            yield from _optimizer(entry)
        case Network():
            yield from network_breaches(entry, activations, layers)


def _function(entry: Function) -> Iterator[Breach]:
    for name, parameter in entry.parameters.items():
        yield from undefined(f"parameters.{name}.domain", parameter.domain, entry.parameters)
        for index, value in enumerate(parameter.curves):
            names = {other: one.default for other, one in entry.parameters.items()}
            if not holds(parameter.domain, names | {name: value}):
                key = f"parameters.{name}.curves[{index}]"
                yield key, f"{value} is outside of the domain, {parameter.domain}"


def _activation(
    entry: Activation, accuracy: AccuracyTable, elementary: Collection[str]
) -> Iterator[Breach]:
    inputs = {"x"} if entry.shape == "elementwise" else {"x", "i", "k"}
    known = {*inputs, *entry.parameters}
    for name, term in entry.terms.items():
        yield from undefined(f"terms.{name}.is", term.is_, known)
        known.add(name)
    for part, pieces in (("value", entry.value.pieces), ("derivative", entry.derivative.pieces)):
        yield from _pieces(part, pieces, known)
    if (edges := entry.derivative.edges) is not None:
        yield from undefined("derivative.edges.at", edges.at, known)
        yield from undefined("derivative.edges.within", edges.within, ("n",))
    yield from _budgets(entry, accuracy, elementary)
    for side, bound in enumerate(entry.value.range):
        yield from undefined(f"value.range[{side}]", bound, entry.parameters)
    for index, kink in enumerate(entry.derivative.kinks):
        for expression in (kink.at, *kink.accept, *([kink.when] if kink.when else [])):
            yield from undefined(f"derivative.kinks[{index}]", expression, entry.parameters)
    for index, case in enumerate(entry.special.cases):
        is_row = isinstance(case.x, tuple)
        if is_row == (entry.shape == "elementwise"):
            expected = "a number" if is_row else "a list of numbers"
            yield f"special.cases[{index}].x", f"expected {expected} for the shape {entry.shape!r}"
        for key, outcome in (("value", case.value), ("derivative", case.derivative)):
            for text in outcome if isinstance(outcome, tuple) else (outcome,):
                if not isinstance(text, str) or text in OPEN:
                    continue
                try:
                    yield from undefined(
                        f"special.cases[{index}].{key}", Expression(text), entry.parameters
                    )
                except ValueError as error:
                    yield f"special.cases[{index}].{key}", str(error)


def _budgets(
    entry: Activation, accuracy: AccuracyTable, elementary: Collection[str]
) -> Iterator[Breach]:
    amplified = {
        "elementwise": ("kappa",),
        "row": ("n", "spread", "width", "one"),
        "reduction": ("n", "width", "kappa"),
    }[entry.shape]
    names = {*elementary, *amplified}
    for part in ("value", "derivative", "second"):
        key, stated = f"accuracy.{part}", getattr(entry.accuracy, part)
        if part == "second" and (entry.shape == "elementwise") != bool(stated):
            yield key, "elementwise entries, and only they, have a budget here"
        elif isinstance(stated, Budget):
            yield from undefined(key, stated.budget, names)
        elif stated:
            for _, reason in unknown(key, stated, accuracy.classes, "accuracy.toml"):
                yield key, f"{reason}; a budget of its own reads {{ budget = ..., why = ... }}"


def _initializer(entry: Initializer) -> Iterator[Breach]:
    known = {*entry.parameters, *FAN_NAMES}
    if isinstance(entry.distribution, Structured):
        known |= MATRIX_NAMES
    for name, choice in entry.choices.items():
        options = entry.options(name)
        if choice.default not in options:
            yield f"choices.{name}.default", f"{choice.default!r} is none of {', '.join(options)}"
        for option, meaning in choice.options.items():
            yield from undefined(f"choices.{name}.options.{option}", meaning, known)
    known |= {name for name, choice in entry.choices.items() if choice.options}
    for name, term in entry.terms.items():
        yield from undefined(f"terms.{name}.is", term.is_, known)
        known.add(name)
    for key, expression in expressions(entry.distribution):
        yield from undefined(f"distribution.{key}", expression, known)
    for key in ("mean", "variance"):
        if (stated := getattr(entry, key)) is not None:
            yield from undefined(key, stated, known)
    for side, bound in enumerate(entry.support or ()):
        yield from undefined(f"support[{side}]", bound, known)


def _layer(entry: Layer) -> Iterator[Breach]:
    for name, size in entry.sizes.items():
        if size.example < 1:
            yield f"sizes.{name}.example", f"expected an integer of 1 or more, got {size.example}"
    for name, weight in entry.weights.items():
        if (weight.fan_in is None) != (weight.fan_out is None):
            yield f"weights.{name}", "has one fan; a kernel has both, any other weight none"
        for key, expression in (("fan_in", weight.fan_in), ("fan_out", weight.fan_out)):
            if expression is not None:
                yield from undefined(f"weights.{name}.{key}", expression, entry.sizes)


def _optimizer(entry: Optimizer) -> Iterator[Breach]:
    known = {*entry.parameters, *entry.state, "g", "t"}
    for name, parameter in entry.parameters.items():
        yield from undefined(f"parameters.{name}.domain", parameter.domain, entry.parameters)
    for name, expression in entry.state.items():
        yield from undefined(f"state.{name}", expression, known)
    yield from undefined("update", entry.update, known | {"x"})
    for variant, converted in entry.conversion.items():
        yield from unknown(f"conversion.{variant}", variant, entry.variants, "the variants")
        for name, expression in converted.items():
            key = f"conversion.{variant}.{name}"
            yield from undefined(key, expression, {*entry.parameters, "t"})


def _pieces(part: str, pieces: tuple[Piece, ...], known: Collection[str]) -> Iterator[Breach]:
    if not pieces:
        yield f"{part}.pieces", "is empty"
        return
    for index, piece in enumerate(pieces):
        key = f"{part}.pieces[{index}]"
        if (piece.if_ is None) != (index == len(pieces) - 1):
            yield key, "every piece but the last has an 'if', so that each input has one piece"
        for expression in (piece.then, *([piece.if_] if piece.if_ else [])):
            yield from undefined(key, expression, known)
