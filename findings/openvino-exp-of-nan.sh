#!/usr/bin/env bash
# Versions: openvino 2026.4.1, numpy 2.4.6, Python 3.11, CPU, 2026-11-29.
# Behaviour: Exp of nan is infinity, and Clamp of nan is its lower bound: a model that is given a nan
#   answers with a number. The CPU plugin cuts off the input by instructions that return the bound
#   where one operand is nan. Sigmoid hands nan on.
# Output seen:
#   Exp(nan) = inf
#   Clamp(nan, 0, 6) = 0.0
#   Sigmoid(nan) = nan
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
grep -q avx2 /proc/cpuinfo || { echo "skipped: no AVX2 here"; exit 0; }
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openvino==2026.4.1 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
import openvino as ov
from openvino import opset16 as ops

for name, make in {
    "Exp(nan)": ops.exp,
    "Clamp(nan, 0, 6)": lambda x: ops.clamp(x, 0.0, 6.0),
    "Sigmoid(nan)": ops.sigmoid,
}.items():
    x = ops.parameter([-1], np.float32)
    model = ov.Core().compile_model(ov.Model([make(x)], [x]), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    print(f"{name} = {model(np.full(16, np.nan, np.float32))[0][0]}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
Exp(nan) = inf
Clamp(nan, 0, 6) = 0.0
Sigmoid(nan) = nan
SEEN
