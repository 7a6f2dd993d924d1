"""Names under which people look for entries, and functions that are named as not yet there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs" / "_ext"))

from actinit_site.content import names, properties

from actinit import spec
from actinit.adapters.calls import resolve


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("torch.nn.Linear", "layers/dense.html"),
        ("jax.nn.gelu", "activations/gelu.html"),
        ("jax.nn.gelu", "activations/gelu_tanh.html"),
        ("leaky relu", "activations/leaky_relu.html"),
        ("kaiming_normal_", "initializers/he_normal.html"),
        ("LeakyReLU", "activations/leaky_relu.html"),
    ],
)
def test_a_name_of_a_framework_leads_to_the_entry(asked: str, page: str) -> None:
    found = names.for_search()["entries"][names.normal(asked)]
    assert page in [place for place, _, _ in found]


def test_what_is_not_yet_in_the_spec_is_no_name_of_an_entry() -> None:
    known = {names.normal(word) for one in spec.activations.values() for word in names.words(one)}
    assert names.not_yet()
    for one in names.not_yet():
        assert names.normal(one.name) not in known


def test_an_entry_takes_the_place_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    (first, *others) = [one.name for one in names.not_yet()]
    words = names.words
    monkeypatch.setattr(names, "words", lambda entry: [*words(entry), first])
    names.not_yet.cache_clear()
    assert [one.name for one in names.not_yet()] == others
    names.not_yet.cache_clear()


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "keras", "jax"])
def test_frameworks_have_what_the_spec_has_not(framework: str) -> None:
    pytest.importorskip(framework)
    paths = [one.called[framework] for one in names.not_yet() if framework in one.called]
    assert paths
    for path in paths:
        assert callable(resolve(path))


def test_properties_are_told_in_a_few_words() -> None:
    assert properties.told(spec.activations["tanh"]) == [
        "monotone, increasing", "odd", "smooth", "from −1 to 1",  # noqa: RUF001
    ]  # fmt: skip
    assert "no kink" in properties.told(spec.activations["celu"])
    assert "kinks at x = −3, 3" in properties.told(spec.activations["hard_silu"])  # noqa: RUF001
    assert properties.told(spec.activations["softmax"])[0] == "of a whole row"
