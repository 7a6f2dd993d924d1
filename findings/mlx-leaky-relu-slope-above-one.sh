#!/usr/bin/env bash
# Versions: mlx and mlx-cpu 0.32.4, Python 3.11, CPU, 2026-11-28.
# Behaviour: mlx.nn.leaky_relu(x, negative_slope) is maximum(negative_slope * x, x), which is a leaky ReLU
#   only for slopes up to 1. With a slope of 2 it has the slope on the side of the positive inputs and
#   none on that of the negative ones: leaky_relu(-1) is -1 and leaky_relu(1) is 2. Nothing is raised.
# Output seen:
#   slope 0.5: [-0.5, 1.0]
#   slope 2.0: [-1.0, 2.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mlx[cpu]==0.32.4"
cat >"$folder/show.py" <<'PY'
import mlx.core as mx
from mlx import nn

mx.set_default_device(mx.cpu)
x = mx.array([-1.0, 1.0])
for slope in (0.5, 2.0):
    print(f"slope {slope}: {nn.leaky_relu(x, slope).tolist()}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
slope 0.5: [-0.5, 1.0]
slope 2.0: [-1.0, 2.0]
SEEN
