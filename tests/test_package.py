"""The package itself: light, lazy, and clear about what the suite needs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = "{'numba', 'flint', 'scipy', 'torch', 'jax', 'tensorflow', 'mlx', 'numpy'}"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_package_imports_nothing_and_the_reference_no_suite():
    assert run(f"import actinit, sys; print({HEAVY} & set(sys.modules))") == "set()"
    code = "import actinit.reference, sys; print('actinit.conformance' in sys.modules)"
    assert run(code) == "False"


def test_it_tells_its_version_and_its_names():
    code = "import actinit; print(actinit.__version__ > '2026', 'check' in dir(actinit))"
    assert run(code) == "True True"
    assert run("import actinit\ntry: actinit.chek\nexcept AttributeError: print('none')") == "none"


def test_without_the_suite_it_says_what_to_install():
    code = """
import sys
sys.modules["flint"] = None
for line in ("from actinit import check", "from actinit.testing import assert_ulp"):
    try:
        exec(line)
    except ImportError as error:
        print(error)
"""
    lines = run(code).splitlines()
    assert len(lines) == 2
    assert all('pip install "actinit[conformance]"' in line for line in lines)
