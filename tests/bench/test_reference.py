"""The reference of another commit is that commit's, however `actinit` is installed here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from actinit.conformance.bench.reference import of_checkout


@pytest.mark.parametrize("is_package", [False, True])
def test_another_checkout_is_what_is_timed(tmp_path, is_package):
    package = tmp_path / ".dev" / "actinit"
    (package / "reference").mkdir(parents=True)
    (package / "reference" / "__init__.py").write_text("WHOSE = 'the other commit'")
    if is_package:
        (package / "__init__.py").write_text("")
    code = of_checkout(tmp_path) + "from actinit import reference; print(reference.WHOSE)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "the other commit", done.stderr
