"""Causes: read strictly, without figures, and each explains something that was measured."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest
from helpers import known_backends as backends

from actinit.conformance.known.causes import causes, load_causes
from actinit.conformance.known.files import known_baselines

BASELINES = known_baselines()
GOOD = """
[lost-tail]
entries  = ["activation/gelu"]
backends = ["torch*"]
checks   = ["*/value/ulp"]
kinds    = ["accuracy"]
what     = "Loses the tail."
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("activation/gelu", "activation/gelo", "'activation/gelo' is no entry"),
        ("activation/gelu", "gelu", "expected family/name, such as activation/gelu"),
        ('"torch*"', '"trch"', r"\[lost-tail\] backends: 'trch' matches no backend; there are"),
        ('"accuracy"', '"acuracy"', "Invalid enum value 'acuracy'"),
        ("what  ", "waht  ", "unknown field `waht`"),
        ("what     =", "# what =", "missing required field `what`"),
        ('["*/value/ulp"]', "[]", r"\[lost-tail\] checks: expected at least one"),
        ("[lost-tail]", "[Lost Tail", "not valid TOML"),
        ("[lost-tail]", '["Lost Tail"]', "a slug is made of small letters, digits and hyphens"),
        ('what ', 'interval = [2.0, 1.0]\nwhat ', r"\[lost-tail\] interval: expected two numbers"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_and_says_where(tmp_path, old, new, words):
    file = tmp_path / "torch.toml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(ValueError, match=words) as refused:
        load_causes(file)
    assert str(file) in str(refused.value)


def test_a_link_to_a_manual_is_no_report(tmp_path):
    said = {}
    for name, link in (("a", "https://github.com/x/y/issues/1"), ("b", "https://x.org/manual")):
        file = tmp_path / f"{name}.toml"
        file.write_text(f'{GOOD}link     = "{link}"\n')
        said[name] = load_causes(file)["lost-tail"].is_reported
    assert said == {"a": True, "b": False}


def test_a_slug_stands_once(tmp_path):
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(ValueError, match="'lost-tail' stands in another file too"):
        causes(tmp_path)


def test_a_cause_covers_the_backends_that_its_patterns_name(tmp_path):
    file = tmp_path / "torch.toml"
    file.write_text(GOOD)
    (cause,) = load_causes(file).values()
    names = ["torch", "torch-compile", "keras-torch"]
    assert [cause.concerns("activation/gelu", "float32/value/ulp", name) for name in names] == [
        True, True, False,
    ]  # fmt: skip


def test_no_cause_types_a_figure():
    for slug, cause in causes().items():
        text = re.sub(
            r"float(16|32|64)|variance_scaling\(.*?\)|scale=\d", "", cause.what + cause.why
        )
        assert not re.search(r"\d\.\d|\de[-+]\d|\d{4,}", text), (slug, text)


def test_who_reported_first_is_credited():
    assert causes()["gelu-tail-erf"].link.endswith("pytorch/issues/187806")


def test_what_is_3x_is_explained_by_nothing():
    result = backends.run(backends.Triple())
    assert not [one.cause for one in result.standings if one.cause]


@pytest.mark.parametrize("slug", causes())
def test_each_cause_explains_something_that_was_measured(slug):
    cause = causes()[slug]
    held = [
        one
        for one in BASELINES
        if any(fnmatchcase(one.backend, pattern) for pattern in cause.backends)
    ]
    if not held:
        pytest.skip("no baseline of its backends is committed")
    assert any(
        cause.concerns("/".join(check.split("/")[:2]), check.split("/", 2)[2], baseline.backend)
        and any(finding.kind in cause.kinds for finding in findings)
        for baseline in held
        for check, findings in baseline.checks.items()
    )
