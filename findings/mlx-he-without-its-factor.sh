#!/usr/bin/env bash
# Versions: mlx and mlx-cpu 0.32.4, Python 3.11, CPU, 2026-11-28.
# Behaviour: mlx.nn.init.he_normal() and he_uniform(), called as they are, draw with the variance
#   1 / fan_in, half of what He et al. derive for layers before a ReLU: the factor sqrt(2) that is theirs
#   is an argument, gain, whose default is 1. What they draw then is what others call LeCun normal and
#   uniform, and deep networks of ReLUs lose half of the signal in each layer. PyTorch, Keras and
#   JAX draw 2 / fan_in under these names.
# Output seen:
#   he_normal: variance times fan_in = 1.0
#   he_uniform: variance times fan_in = 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mlx[cpu]==0.32.4"
cat >"$folder/show.py" <<'PY'
import mlx.core as mx
from mlx import nn

mx.set_default_device(mx.cpu)
mx.random.seed(0)
like = mx.zeros((1000, 1000))
for name in ("he_normal", "he_uniform"):
    drawn = getattr(nn.init, name)()(like)
    print(f"{name}: variance times fan_in = {round(1000 * drawn.var().item(), 1)}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
he_normal: variance times fan_in = 1.0
he_uniform: variance times fan_in = 1.0
SEEN
