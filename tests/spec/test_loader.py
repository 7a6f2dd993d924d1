"""A wrong entry is refused with its file, its key and the reason."""

from __future__ import annotations

import re

import pytest

from actinit import spec
from actinit.adapters import frameworks
from actinit.spec.loader import HERE

GELU = (HERE / "activations" / "gelu.toml").read_text(encoding="utf-8")
VALUE, SECOND = (
    next(line for line in GELU.splitlines() if line.startswith(f"{part} ") and "budget" in line)
    for part in ("value", "second")
)
LEAKY = (HERE / "activations" / "leaky_relu.toml").read_text(encoding="utf-8")


def refuse(tmp_path, text, stem="gelu"):
    file = tmp_path / f"{stem}.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(spec.SpecError) as caught:
        spec.load_entry(file, spec.Activation)
    assert caught.value.file == file
    assert f"{stem}.toml" in str(caught.value)
    return caught.value


def test_the_untouched_entry_is_taken(tmp_path):
    file = tmp_path / "gelu.toml"
    file.write_text(GELU, encoding="utf-8")
    assert spec.load_entry(file, spec.Activation).name == "gelu"


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("since ", "sins ", "sins", "unknown field"),
        ("summary = ", "# summary = ", "", "missing required field `summary`"),
        ('since   = "2026.1"', "since = 2026.1", "since", "Expected `str`, got `float`"),
        ('"x * Phi"', '"x * Phi("', "value.pieces[0].then", "is not an expression"),
        ('"x * Phi"', '"x * Psi"', "value.pieces[0]", "names 'Psi', which is not defined"),
        ('"x * Phi"', '"gamma(x)"', "value.pieces[0].then", "gamma is not a function"),
        ('"x * Phi"', '"exp(x, 2)"', "value.pieces[0].then", "exp takes 1 argument"),
        ('"x * Phi"', "\"__import__('os')\"", "value.pieces[0].then", "not a function"),
        ('"x * Phi"', '"x.real"', "value.pieces[0].then", "not in the language"),
        ('"x * Phi"', '"x > 0"', "value.pieces[0].then", "is a condition where a value"),
        ('"x * Phi"', "3", "value.pieces[0].then", "expected an expression in quotes"),
        (VALUE, 'value = "guess"', "accuracy.value", "not in accuracy.toml"),
        (VALUE, 'value = "2*exp"', "accuracy.value", "a budget of its own reads { budget = "),
        (VALUE, 'value = { budget = "1.5" }', "accuracy.value", "missing required field `why`"),
        (VALUE, 'value = { why = "One." }', "accuracy.value", "missing required field `budget`"),
        (VALUE, 'value = { class = "exact", budget = "0", why = "One." }', "accuracy.value.class",
         "unknown field `class`"),
        (VALUE, 'value = { budget = "n", why = "One." }', "accuracy.value", "'n', which is not"),
        (VALUE, "value = 1.5", "accuracy.value", "got `float`"),
        (VALUE, "", "accuracy", "missing required field `value`"),
        (SECOND, "", "accuracy.second", "elementwise entries, and only they"),
        (SECOND, 'second = "guess"', "accuracy.second", "accuracy.toml"),
        ('"cody1969"', '"cody1968"', "references[1]", "not in references.toml"),
        ('name    = "gelu"', 'name = "gelo"', "name", "stands in the file of 'gelu'"),
        ("{ x = 0.0,", "{ x = [0.0],", "special.cases[0].x", "expected a number"),
        ("derivative = 0.5 }", 'derivative = "0.5 +" }', "special.cases[0].derivative", "not an"),
        ('name    = "gelu"', 'name = "gelu', "", "not valid TOML"),
        ("[accuracy]", '[backends]\nnumpy = "gelu"\n\n[accuracy]', "backends", "unknown field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path, old, new, key, reason):
    assert old in GELU
    error = refuse(tmp_path, GELU.replace(old, new, 1))
    assert key in error.key
    assert reason in str(error)


def test_the_line_is_given(tmp_path):
    text = GELU.replace('since   = "2026.1"', "since = 2026.1")
    error = refuse(tmp_path, text)
    assert error.line == text.splitlines().index("since = 2026.1") + 1
    assert f"gelu.toml:{error.line}" in str(error)


def test_a_piece_without_condition_comes_last(tmp_path):
    text = LEAKY.replace('{ if = "x > 0", then = "x" }, { then', '{ then = "x" }, { then', 1)
    assert "every piece but the last" in str(refuse(tmp_path, text, "leaky_relu"))


def test_a_curve_beyond_the_domain_is_refused(tmp_path):
    assert "curves = [0.1, 0.2, 0.3]" in LEAKY
    text = LEAKY.replace("curves = [0.1, 0.2, 0.3]", "curves = [0.1, inf]")
    error = refuse(tmp_path, text, "leaky_relu")
    assert error.key == "parameters.negative_slope.curves[1]"
    assert "inf is outside of the domain" in str(error)


@pytest.mark.parametrize("entry", [*spec.activations.values(), *spec.initializers.values()],
                         ids=lambda entry: entry.name)  # fmt: skip
def test_every_history_stands_on_references_of_the_entry(entry):
    cited = set(re.findall(r"\b[a-z]+\d{4}[a-z]*\b", entry.history))
    assert cited
    assert cited <= set(entry.references)
    assert "Use it" in entry.history.replace("\n", " ")


def test_the_spec_knows_no_finding_and_no_environment():
    files = list(spec.loader.HERE.rglob("*.toml"))
    assert files
    assert not [file.name for file in files if "divergence" in file.read_text(encoding="utf-8")]
    assert not [file.name for file in files if file.stem == "environments"]
    for name in frameworks():  # nobody's own names, but in a sentence
        assert not [file.name for file in files if f'"{name}.' in file.read_text(encoding="utf-8")]
    gelu = spec.loader.HERE / "activations" / "gelu.toml"
    assert len(gelu.read_text(encoding="utf-8").splitlines()) < 70


def test_entries_are_frozen():
    with pytest.raises(AttributeError):
        spec.activations["gelu"].name = "other"


def test_aliases_lead_to_their_entry_and_are_nobody_elses():
    for catalogue in (spec.activations, spec.initializers):
        names = set(catalogue)
        aliases = [alias for entry in catalogue.values() for alias in entry.aliases]
        assert len(aliases) == len(set(aliases))
        assert not names & set(aliases)
        for entry in catalogue.values():
            for alias in entry.aliases:
                assert catalogue[alias] is entry


def test_an_unknown_name_brings_the_nearest():
    with pytest.raises(spec.UnknownNameError, match="did you mean 'gelu'"):
        spec.activations["gleu"]
    with pytest.raises(spec.UnknownNameError, match="expected one of"):
        spec.activations["zzzzzz"]


@pytest.mark.parametrize("name", list(spec.activations))
def test_every_entry_states_all_that_is_asked(name):
    entry = spec.activations[name]
    assert entry.references
    if entry.shape == "elementwise":
        stated = [repr(case.x) for case in entry.special.cases]
        assert stated == ["0.0", "-0.0", "inf", "-inf", "nan"]
    for reference in entry.references:
        known = spec.references()[reference]
        assert known.authors
        assert 1800 < known.year < 2100


def test_a_class_of_accuracy_is_shared_by_several_entries():
    for name in spec.accuracy().classes:
        users = {
            entry.name
            for entry in spec.activations.values()
            for part in ("value", "derivative", "second")
            if getattr(entry.accuracy, part) == name
        }
        assert len(users) > 1, f"{name} belongs in the entry of {users}"


def test_a_budget_is_the_entrys_own_or_that_of_its_class():
    elu, sigmoid = spec.activations["elu"], spec.activations["sigmoid"]
    assert spec.budget_of(elu, "value").budget.text == "2*expm1 + 1.5"
    assert spec.budget_of(sigmoid, "value") is spec.accuracy().classes["logistic"]
