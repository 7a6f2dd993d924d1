#!/usr/bin/env bash
# Versions: openvino 2026.4.1, numpy 2.4.6, Python 3.11, CPU, 2026-11-29.
# Behaviour: A model of float64 is computed in float32 by the CPU plugin, and its results come back as
#   float64: ReLU, which changes no positive number, makes 0.10000000149011612 of 0.1, and of 1e300 and of
#   infinity alike the largest float32. Neither compiling nor running it says so, with the inference
#   precision left to the plugin as with f32.
# Output seen:
#   type of the results: float64
#   relu(0.1): 0.10000000149011612
#   relu(1e+300): 3.4028234663852886e+38
#   relu(inf): 3.4028234663852886e+38
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openvino==2026.4.1 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
import openvino
from openvino import opset16

x = opset16.parameter([-1], np.float64)
model = openvino.Model([opset16.relu(x)], [x])
compiled = openvino.Core().compile_model(model, "CPU")
tried = [0.1, 1e300, np.inf]
results = compiled(np.array(tried))[0]
print("type of the results:", results.dtype)
for number, result in zip(tried, results.tolist()):
    print(f"relu({number}): {result!r}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
type of the results: float64
relu(0.1): 0.10000000149011612
relu(1e+300): 3.4028234663852886e+38
relu(inf): 3.4028234663852886e+38
SEEN
