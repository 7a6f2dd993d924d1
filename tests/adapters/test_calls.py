"""How names and parameters become calls."""

from __future__ import annotations

import math

import pytest

from actinit.adapters import Binding, NotOffered, bindings
from actinit.adapters.calls import accepts, keywords, resolve
from actinit.spec import Expression, initializers


def test_a_path_leads_to_what_it_names():
    import os.path

    assert resolve("os.path.join") is os.path.join
    assert resolve("math.tau") == math.tau


@pytest.mark.parametrize("path", ["math.no_such", "os.path.no_such", "os.no_such.join"])
def test_a_name_that_a_release_lacks_is_not_offered(path):
    with pytest.raises(NotOffered, match=f"this release has no {path}"):
        resolve(path)


def test_what_a_name_means_is_looked_up_with_every_call(monkeypatch):
    assert resolve("math.tau") == math.tau
    monkeypatch.setattr(math, "tau", 6)
    assert resolve("math.tau") == 6
    monkeypatch.delattr(math, "tau")
    with pytest.raises(NotOffered, match=r"this release has no math\.tau"):
        resolve("math.tau")


def test_a_framework_that_is_not_installed_is_no_missing_name():
    with pytest.raises(ModuleNotFoundError, match="no_such_framework"):
        resolve("no_such_framework.relu")


def test_keywords_are_translated_and_need_their_parameters():
    entry = initializers["random_normal"]
    binding = Binding(
        arguments={"inplace": False},
        parameters={"std": Expression("stddev"), "b": Expression("mean + 2*stddev")},
    )
    assert keywords(entry, binding, {}) == {"inplace": False}
    assert keywords(entry, binding, {"stddev": 0.5}) == {"inplace": False, "std": 0.5}
    assert keywords(entry, binding, {"stddev": 0.5, "mean": 1.0}) == {
        "inplace": False, "std": 0.5, "b": 2.0,
    }  # fmt: skip


def test_options_are_said_in_the_backends_words_and_whole_numbers_stay_whole():
    entry = initializers["variance_scaling"]
    given = {"scale": 2.0, "mode": "fan_avg", "distribution": "normal"}
    assert keywords(entry, bindings(entry)["keras"], given) == {
        "scale": 2.0, "mode": "fan_avg", "distribution": "untruncated_normal",
    }  # fmt: skip
    dirac = initializers["dirac"]
    (groups,) = keywords(dirac, bindings(dirac)["torch"], {"groups": 2.0}).values()
    assert isinstance(groups, int)


def test_only_what_names_a_keyword_accepts_it():
    class Seeded:
        def __init__(self, *, seed): ...

    assert accepts(Seeded, "seed")
    assert not accepts(lambda shape, **rest: shape, "seed")
