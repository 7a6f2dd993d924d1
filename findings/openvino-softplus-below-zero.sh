#!/usr/bin/env bash
# Versions: openvino 2026.4.1, numpy 2.4.6, Python 3.11, CPU with AVX2, 2026-11-29.
# Behaviour: SoftPlus in float32, with the inference precision f32, is negative for inputs of some hundred
#   places between -30 and -10, where it is a positive number that float32 has, and it falls there while its
#   input rises. A logarithm of it, or a standard deviation that is made by it, is nan.
# Output seen:
#   smallest result is negative: True
#   falls somewhere while the input rises: True
#   log(softplus(x)) is nan somewhere: True
set -euo pipefail
grep -qw avx2 /proc/cpuinfo || { echo "skipped: other code runs without AVX2"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openvino==2026.4.1 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
import openvino
from openvino import opset16

x = opset16.parameter([-1], np.float32)
model = openvino.Model([opset16.softplus(x)], [x])
settings = {"INFERENCE_PRECISION_HINT": "f32"}
compiled = openvino.Core().compile_model(model, "CPU", settings)
y = compiled(np.linspace(-30, -10, 2001, dtype=np.float32))[0]
print("smallest result is negative:", bool(y.min() < 0))
print("falls somewhere while the input rises:", bool((np.diff(y) < 0).any()))
with np.errstate(invalid="ignore", divide="ignore"):
    print("log(softplus(x)) is nan somewhere:", bool(np.isnan(np.log(y)).any()))
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
smallest result is negative: True
falls somewhere while the input rises: True
log(softplus(x)) is nan somewhere: True
SEEN
