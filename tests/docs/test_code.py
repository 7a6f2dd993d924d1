"""The code on the pages of entries runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from actinit import spec

PACKAGES = {"NumPy": "numpy", "PyTorch": "torch", "Keras": "keras"}
RUN = """
import sys
for place, code in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        exec(code, {})
    except Exception as error:
        raise SystemExit(f"{place}: {type(error).__name__}: {error}")
"""


def blocks(sources: Path, title: str) -> list[str]:
    """Return place and code of each tab of that title, one after the other."""
    found = []
    for kind in ("activations", "initializers"):
        for page in sorted((sources / kind).glob("*.md")):
            tab = rf":::\{{tab-item\}} {title}\n.*?```python\n(.*?)```"
            for code in re.findall(tab, page.read_text(encoding="utf-8"), re.DOTALL):
                found += [page.stem, code]
    return found


@pytest.mark.parametrize("title", PACKAGES)
def test_code_in_tabs_runs(bare_site: Path, title: str) -> None:
    tabs = blocks(bare_site.parent / "docs", title)
    family = PACKAGES[title]
    entries = [*spec.activations.values(), *spec.initializers.values()]
    assert len(tabs) == 2 * sum(family in entry.backends for entry in entries)
    if find_spec(family) is None:
        pytest.skip(f"{title} is not installed here")
    command = [sys.executable, "-c", RUN, *tabs]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
