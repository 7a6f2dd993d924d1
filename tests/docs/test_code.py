"""The code on the pages of entries and in the guides runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from helpers.installed import loaded
from helpers.patience import PATIENCE

from actinit import spec
from actinit.adapters import bindings, frameworks

#: The package of each framework, by the title of its tabs.
PACKAGES = {one.title.partition(" (")[0]: one.name for one in frameworks().values()}
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


#: What the reader of a guide has before its first line.
READERS = {
    "reference": """
import numpy as np
from actinit import reference as ref
my_gelu, my_gelu_gradient, x = ref.gelu, ref.gelu.derivative, np.ones(3)
""",
    "adapter": """
import sys, types
sys.modules["mykernels"] = types.SimpleNamespace(__version__="1.0", gelu=lambda x: x)
""",
    "first": """
import os, shutil
os.makedirs("build/results")
shutil.copy(REPORT, "build/results/conformance-torch.partial.json")
""",
    "own": "",
    "weights": "import torch",
}
GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guide"


@pytest.mark.parametrize("guide", READERS)
def test_code_in_guides_runs(guide: str, results_folder: Path, tmp_path: Path) -> None:
    if guide == "weights":
        pytest.importorskip("torch")
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    found = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    report = results_folder / "conformance-torch.json"
    lines = [f"REPORT = {str(report)!r}", READERS[guide], *map(dedent, found)]
    # What a guide shows of a test is a function; calling it is what pytest would do.
    lines.append("[value() for name, value in list(globals().items()) if name.startswith('test_')]")
    command = [sys.executable, "-W", "error", "-c", "\n".join(lines)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_guide_with_code_is_left_out() -> None:
    with_code = {page.stem for page in GUIDES.glob("*.md") if "```python" in page.read_text()}
    assert with_code == set(READERS)


@pytest.mark.parametrize("title", PACKAGES)
def test_code_in_tabs_runs(bare_site: Path, title: str) -> None:
    tabs = blocks(bare_site.parent / "docs", title)
    family = PACKAGES[title]
    entries = [*spec.activations.values(), *spec.initializers.values()]
    assert len(tabs) == 2 * sum(family in bindings(entry) for entry in entries)
    loaded(family)
    command = [sys.executable, "-c", RUN, *tabs]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
