#!/usr/bin/env bash
# Versions: tinygrad 0.14.0, numpy 2.4.6, Python 3.11, 2026-11-30; its device PYTHON, which needs no compiler.
# Behaviour: functions that end at a bound are nan at infinity: relu6, which is 6 there, and hardsigmoid,
#   1; so are hardswish, softplus and mish, which go on growing. relu6 is relu(x) - relu(x - 6), infinity minus
#   infinity. And of nan relu, relu6, hardsigmoid and elu are 0, so that a training that broke looks sound.
# Output seen:
#   relu6 of infinity: nan, of nan: 0.0
#   hardsigmoid of infinity: nan, of nan: 0.0
#   hardswish of infinity: nan, of nan: nan
#   softplus of infinity: nan, of nan: nan
#   mish of infinity: nan, of nan: nan
#   hardtanh of infinity: 1.0, of nan: nan
#   relu of infinity: inf, of nan: 0.0
#   elu of infinity: inf, of nan: 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tinygrad==0.14.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
from tinygrad import Tensor

for name in ("relu6", "hardsigmoid", "hardswish", "softplus", "mish", "hardtanh", "relu", "elu"):
    y = getattr(Tensor(np.array([np.inf, np.nan], np.float32)), name)().numpy()
    print(f"{name} of infinity: {y[0]}, of nan: {y[1]}")
PY
DEV=PYTHON "$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
relu6 of infinity: nan, of nan: 0.0
hardsigmoid of infinity: nan, of nan: 0.0
hardswish of infinity: nan, of nan: nan
softplus of infinity: nan, of nan: nan
mish of infinity: nan, of nan: nan
hardtanh of infinity: 1.0, of nan: nan
relu of infinity: inf, of nan: 0.0
elu of infinity: inf, of nan: 0.0
SEEN
