#!/usr/bin/env bash
# Versions: mlx and mlx-cpu 0.32.4, Python 3.11, CPU, 2026-11-28.
# Behaviour: the gradient of mlx.nn.elu, and with it that of selu, is nan for every input above 88, where
#   the function is the identity (times a constant) and its value is right. One large pre-activation makes
#   all weights nan. The function is where(x > 0, x, exp(x) - 1), and the branch that is not taken has
#   an infinite derivative that is multiplied by 0. celu, which cuts its argument off first, has 1.
# Output seen:
#   elu at 50 and 100: value finite [True, True], gradient finite [True, False]
#   selu at 50 and 100: value finite [True, True], gradient finite [True, False]
#   celu at 50 and 100: value finite [True, True], gradient finite [True, True]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mlx[cpu]==0.32.4"
cat >"$folder/show.py" <<'PY'
import mlx.core as mx
from mlx import nn

mx.set_default_device(mx.cpu)
x = mx.array([50.0, 100.0])
for function in ("elu", "selu", "celu"):
    value = mx.isfinite(getattr(nn, function)(x)).tolist()
    gradient = mx.grad(lambda x: getattr(nn, function)(x).sum())(x)
    finite = mx.isfinite(gradient).tolist()
    print(f"{function} at 50 and 100: value finite {value}, gradient finite {finite}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
elu at 50 and 100: value finite [True, True], gradient finite [True, False]
selu at 50 and 100: value finite [True, True], gradient finite [True, False]
celu at 50 and 100: value finite [True, True], gradient finite [True, True]
SEEN
