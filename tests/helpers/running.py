"""Running the checks of an entry on a backend, as a session does."""

from __future__ import annotations

from actinit import spec
from actinit.conformance import initializers as statistics
from actinit.conformance.formats import FORMATS
from actinit.conformance.plan import activation_checks
from actinit.conformance.run.session import Session
from helpers.patience import PATIENCE


def run(adapter, name, *only, limit=PATIENCE, dtypes=("float16", "bfloat16", "float32")):
    """Run the checks of one entry, or only some; float64 has the same code and a slower truth."""
    if name in spec.activations:
        checks = list(activation_checks(spec.activations[name]))
        prefix = f"activation/{name}/"
    else:
        checks = list(statistics.checks(spec.initializers[name]))
        prefix = f"initializer/{name}/"
    session = Session(adapter, limit)
    found = {}
    for check in checks:
        below = check.id.removeprefix(prefix)
        if only and below not in only:
            continue
        if below.split("/")[0] in dtypes or below.split("/")[0] not in FORMATS:
            found[below] = session.run(check)
    return found


def wrong_ones(found):
    return {key: r for key, r in found.items() if r.status not in ("passed", "not-offered")}
