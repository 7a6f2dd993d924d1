"""The evaluator's scripts, run by Node.js as a browser would run them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "docs" / "_static" / "evaluator"
sys.path.insert(0, str(ROOT / "docs" / "_ext"))  # as docs/conf.py does

Ask = Callable[..., Any]


@contextmanager
def _running(folder: Path) -> Iterator[Ask]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js, which runs the scripts of the site; no node on the path")
    command = [node, str(Path(__file__).with_name("evaluate.js")), str(folder)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(what: str, **question: Any) -> Any:
            stdin.write(json.dumps({"ask": what, **question}) + "\n")
            stdin.flush()
            answer = stdout.readline()
            assert answer, f"the script ended over {what}"
            return json.loads(answer)

        yield ask
        stdin.close()


@pytest.fixture(scope="session")
def ask() -> Iterator[Ask]:
    """Return what asks the scripts a question; see ``evaluate.js``."""
    with _running(SCRIPTS) as asking:
        yield asking


@pytest.fixture
def altered(tmp_path: Path) -> Callable[[str, str, str], AbstractContextManager[Ask]]:
    """Return what makes the scripts wrong in one place, and then asks them."""

    def alter(file: str, right: str, wrong: str) -> AbstractContextManager[Ask]:
        shutil.copytree(SCRIPTS, tmp_path, dirs_exist_ok=True)
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert text.count(right) == 1, f"{file} has no single {right!r} any more"
        (tmp_path / file).write_text(text.replace(right, wrong), encoding="utf-8")
        return _running(tmp_path)

    return alter
