#!/usr/bin/env bash
# Versions: mlx and mlx-cpu 0.32.4, Python 3.11, CPU, 2026-11-28.
# Behaviour: the gradient of mlx.nn.celu at 0 is 0, though the function is differentiable there, which
#   its name says, and its derivative is 1; that of mlx.nn.elu, which is the same function at alpha = 1,
#   is 1. celu is a sum of maximum(x, 0) and a function of minimum(x, 0), and of two equal arguments both
#   hand the gradient to the second one, the constant. So a unit whose input is exactly 0, as after a
#   ReLU or with weights and biases of 0, learns nothing.
# Output seen:
#   elu [1.0, 1.0, 1.0]
#   celu [1.0, 0.0, 1.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mlx[cpu]==0.32.4"
cat >"$folder/show.py" <<'PY'
import mlx.core as mx
from mlx import nn

mx.set_default_device(mx.cpu)
x = mx.array([-1e-3, 0.0, 1e-3])
for function in ("elu", "celu"):
    gradient = mx.grad(lambda x: getattr(nn, function)(x).sum())(x)
    print(function, [round(one, 2) for one in gradient.tolist()])
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
elu [1.0, 1.0, 1.0]
celu [1.0, 0.0, 1.0]
SEEN
