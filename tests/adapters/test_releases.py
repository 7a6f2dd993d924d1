"""Which releases are measured and what each needs stands in a table, which is read strictly."""

from __future__ import annotations

import pytest

from actinit.adapters import frameworks
from actinit.adapters.releases import read_releases, release_key
from actinit.spec import SpecError

GOOD = """
package = "lanes"
measured = ["1.9", "1.10"]
requirements = ["lanes=={release}"]
megabytes = 10

[[rules]]
since = "1.10"
python = "3.13"
requirements = ["lanes-more=={release}"]

[[rules]]
before = "1.10"
backends = ["lanes-wide"]
requirements = ["narrow<2"]
"""


def read(folder, text):
    (folder / "releases.toml").write_text(text)
    return read_releases(str(folder))


def test_rules_hold_from_a_release_on_before_one_and_for_backends(tmp_path):
    found = read(tmp_path, GOOD)
    assert found.recipe("lanes", "1.9").requirements == ("lanes==1.9",)
    assert found.recipe("lanes-wide", "1.9").requirements == ("lanes==1.9", "narrow<2")
    later = found.recipe("lanes-wide", "1.10")
    assert (later.python, later.requirements) == ("3.13", ("lanes==1.10", "lanes-more==1.10"))


def test_releases_are_ordered_by_their_numbers():
    assert sorted(["2.11.0", "2.9.1", "2.13.0+cpu", "0.12.0.1", "0.12.0"], key=release_key) == [
        "0.12.0", "0.12.0.1", "2.9.1", "2.11.0", "2.13.0+cpu",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("package", "pakage", "pakage"),
        ('"1.9", ', '"newest", ', "'newest' is no release"),
        ('since = "1.10"', 'since = "x"', "'x' is no release"),
        ("megabytes = 10", 'megabytes = "10"', "int"),
        ("[[rules]]", "[rules", "not valid TOML"),
    ],
)
def test_a_table_that_is_wrong_is_refused(tmp_path, old, new, told):
    with pytest.raises(SpecError, match=told):
        read(tmp_path, GOOD.replace(old, new))


def test_a_framework_without_a_table_has_no_releases(tmp_path):
    assert read_releases(str(tmp_path)) is None
    assert read_releases("") is None


def test_every_table_of_ours_makes_an_environment_for_each_backend():
    for framework in frameworks().values():
        for backend in framework.modes if framework.releases else ():
            for release in framework.releases.measured:
                made = framework.releases.recipe(backend, release)
                assert any(one == f"{made.package}=={release}" for one in made.requirements)
                for engine in filter(None, [framework.over.get(backend)]):
                    assert any(one.startswith(engine) for one in made.requirements)
