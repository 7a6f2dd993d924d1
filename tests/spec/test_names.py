"""Names of entries as people type them: aliases, and what libraries call them."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module

import pytest

from actinit import reference, spec
from actinit.adapters import bindings, frameworks
from actinit.spec import Called, UnknownNameError
from actinit.spec.names import meanings, notes, squashed

CATALOGUES = {
    "activations": spec.activations,
    "initializers": spec.initializers,
    "layers": spec.layers,
    "optimizers": spec.optimizers,
}
#: Where libraries keep functions and initializers, as users import them.
PUBLIC = {
    "torch.nn.functional": "activations",
    "torch.nn": "activations",
    "torch.nn.init": "initializers",
    "keras.activations": "activations",
    "keras.initializers": "initializers",
    "jax.nn": "activations",
    "jax.nn.initializers": "initializers",
}
WORDS = ["function", "layer", "in_place"]


@dataclass
class Entry:
    name: str
    aliases: tuple[str, ...] = ()
    called: dict[str, Called] = field(default_factory=dict)


def bound(kind: str) -> dict[str, set[str]]:
    """Return every path that a binding has for an entry of a kind, with the entries' names."""
    found: dict[str, set[str]] = {}
    for entry in CATALOGUES[kind].values():
        for binding in bindings(entry).values():
            for word in WORDS:
                if path := getattr(binding, word, None):
                    found.setdefault(path, set()).add(entry.name)
    return found


@pytest.mark.parametrize("kind", CATALOGUES)
def test_what_a_framework_calls_an_entry_finds_one_that_it_is_bound_to(kind):
    paths = bound(kind)
    assert paths
    assert {path.split(".")[0] for path in paths} >= {"torch", "keras"}
    for path, names in paths.items():
        assert CATALOGUES[kind][path].name in names, path
        # Without the path: of some framework that has something by this name.
        word = path.rpartition(".")[2]
        same = {name for one, of in paths.items() if squashed(one) == squashed(word) for name in of}
        assert CATALOGUES[kind][word].name in same, word


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_that_the_bindings_know_find_their_entry(module):
    """Other spellings in a library too: ``keras.activations.swish`` is what it binds as silu."""
    library = pytest.importorskip(module.partition(".")[0])
    catalogue, names = CATALOGUES[PUBLIC[module]], bound(PUBLIC[module])
    known = {}
    for path, entries in names.items():
        try:
            at = _object(path)
        except (ImportError, AttributeError):  # another framework's, which is not installed
            continue
        known.setdefault(id(at), (at, set()))[1].update(entries)
    asked = 0
    home = import_module(module) if module != library.__name__ else library
    for name in dir(home):
        entries = known.get(id(getattr(home, name)), (None, set()))[1]
        if name.startswith("_") or not entries:
            continue
        asked += 1
        assert catalogue[name].name in entries, name
        assert catalogue[f"{module}.{name}"].name in entries, name
    assert asked >= 10


def _object(path: str) -> object:
    module, _, name = path.rpartition(".")
    home = import_module(module.split(".")[0])
    for part in [*module.split(".")[1:], name]:
        home = getattr(home, part)
    return home


@pytest.mark.parametrize(
    ("kind", "typed", "name"),
    [
        ("activations", "swish", "silu"),
        ("activations", "hardswish", "hard_silu"),
        ("activations", "LeakyReLU", "leaky_relu"),
        ("activations", "linear", "identity"),
        ("activations", "expit", "sigmoid"),
        ("activations", "torch.nn.GELU", "gelu"),
        ("activations", "jax.nn.gelu", "gelu_tanh"),
        ("initializers", "xavier_uniform", "glorot_uniform"),
        ("initializers", "kaiming_normal", "he_normal"),
        ("initializers", "kaiming_normal_", "he_normal"),
        ("initializers", "jax.nn.initializers.kaiming_normal", "he_truncated_normal"),
        ("initializers", "truncated_normal_", "truncated_normal"),
        ("initializers", "keras.initializers.HeNormal", "he_truncated_normal"),
        ("layers", "torch.nn.Linear", "dense"),
        ("layers", "BatchNormalization", "batch_norm"),
        ("optimizers", "keras.optimizers.Adam", "adam_hat"),
    ],
)
def test_as_people_type_them(kind, typed, name):
    assert CATALOGUES[kind][typed].name == name
    if kind in ("activations", "initializers"):
        assert getattr(reference, kind)[typed].name == name


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("activations", "gelu", "what jax, flax, tinygrad or MNN calls gelu is gelu_tanh"),
        ("activations", "jax.nn.gelu", "approximate is true unless told otherwise"),
        ("activations", "swish", "swish is silu"),
        ("initializers", "he_normal", "what keras, jax, flax or tf calls he_normal is he_trunc"),
        ("initializers", "truncated_normal_", "torch's trunc_normal_: the bounds a and b are abs"),
        ("initializers", "kaiming_normal", "what jax or flax calls kaiming_normal is he_trunc"),
    ],
)
def test_an_ambiguous_name_says_so(kind, typed, said):
    assert said in "\n".join(CATALOGUES[kind].notes(typed))


@pytest.mark.parametrize("typed", ["silu", "SiLU", "torch.nn.functional.silu", "tanh"])
def test_a_name_that_means_one_thing_says_nothing(typed):
    assert spec.activations.notes(typed) == []


@pytest.mark.parametrize("kind", CATALOGUES)
def test_no_two_entries_claim_a_name_alike(kind):
    entries = list(CATALOGUES[kind].values())
    names = {one for entry in entries for one in (entry.name, *entry.aliases, *entry.called)}
    for name in names:
        own = [e.name for e in entries if squashed(name) in map(squashed, (e.name, *e.aliases))]
        assert len(own) <= 1, name
        claims = [entry.name for entry in entries if name in entry.called]
        assert own or len(claims) == 1, f"{name} is in two tables of names, and nobody's own"
    for entry in entries:
        assert not set(entry.aliases) & set(entry.called), entry.name
        assert all(call.by for call in entry.called.values())


def test_a_library_that_is_named_decides_then_the_own_name_then_an_alias():
    one = Entry("one", called={"two": Called(by=("lib",))})
    two = Entry("two", aliases=("three",))
    three = Entry("four", called={"three": Called(by=("other",), note="larger")})
    entries = [three, one, two]
    assert [m.entry.name for m in meanings("two", entries)] == ["two", "one"]
    assert [m.entry.name for m in meanings("lib.nn.Two", entries)] == ["one"]
    assert [m.entry.name for m in meanings("three", entries)] == ["two", "four"]
    assert notes("three", entries) == ["three is two", "what other calls three is four: larger"]
    assert meanings("five", entries) == []


def test_what_is_no_name_is_an_error_with_the_nearest():
    for catalogue in CATALOGUES.values():
        for strange in ("", "_", "...", "torch.nn.", 3, None):
            with pytest.raises(UnknownNameError):
                catalogue[strange]
    with pytest.raises(UnknownNameError, match="did you mean 'hardswish'"):
        spec.activations["hardswsh"]
    with pytest.raises(UnknownNameError, match="did you mean"):
        reference.initializers["xavier_unform"]


def test_a_name_that_no_library_has_is_refused_as_one(tmp_path):
    text = (spec.loader.HERE / "activations" / "silu.toml").read_text(encoding="utf-8")
    file = tmp_path / "silu.toml"
    file.write_text(text.replace('["keras", "jax", "flax", "tf", "onnx"]', "[]"), encoding="utf-8")
    with pytest.raises(spec.SpecError, match=r"called\.swish\.by: names no library"):
        spec.load_entry(file, spec.Activation)


def test_the_bindings_of_every_framework_are_walked():
    assert {"torch", "keras", "jax", "mlx", "onnxruntime"} <= set(frameworks())
