#!/usr/bin/env bash
# Versions: mlx and mlx-cpu 0.32.4, numpy 2.4.6, Python 3.11, x86-64, 2026-11-28.
# Behaviour: on the CPU mlx.core.exp computes float64 in float32: the result has seven right digits, is
#   inf from 88 on and 0 below -88, where float64 goes to 709 and -745; and so do sigmoid and
#   logaddexp, which are made of it. erf is an approximation for float32 too. The dtype of the result
#   is float64, and expm1, tanh and log, which are not computed so, are right to the last digits.
# Output seen:
#   expm1(0.3,): mlx.core.float64, relative error below 1e-12: True
#   tanh(0.3,): mlx.core.float64, relative error below 1e-12: True
#   log(0.3,): mlx.core.float64, relative error below 1e-12: True
#   exp(0.3,): mlx.core.float64, relative error below 1e-12: False
#   erf(0.3,): mlx.core.float64, relative error below 1e-12: False
#   sigmoid(0.3,): mlx.core.float64, relative error below 1e-12: False
#   logaddexp(0.3, 0.0): mlx.core.float64, relative error below 1e-12: False
#   exp(89): inf
#   exp(-89): 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mlx[cpu]==0.32.4" numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import math

import mlx.core as mx
import numpy as np

mx.set_default_device(mx.cpu)


def told(name, exact, *arguments):
    y = getattr(mx, name)(*(mx.array(np.array([a]), mx.float64) for a in arguments))
    error = abs(float(np.array(y)[0]) / exact - 1)
    print(f"{name}{arguments}: {y.dtype}, relative error below 1e-12: {error < 1e-12}")


told("expm1", math.expm1(0.3), 0.3)
told("tanh", math.tanh(0.3), 0.3)
told("log", math.log(0.3), 0.3)
told("exp", math.exp(0.3), 0.3)
told("erf", math.erf(0.3), 0.3)
told("sigmoid", 1 / (1 + math.exp(-0.3)), 0.3)
told("logaddexp", math.log1p(math.exp(0.3)), 0.3, 0.0)
print("exp(89):", np.array(mx.exp(mx.array(np.array([89.0]), mx.float64)))[0])
print("exp(-89):", np.array(mx.exp(mx.array(np.array([-89.0]), mx.float64)))[0])
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
expm1(0.3,): mlx.core.float64, relative error below 1e-12: True
tanh(0.3,): mlx.core.float64, relative error below 1e-12: True
log(0.3,): mlx.core.float64, relative error below 1e-12: True
exp(0.3,): mlx.core.float64, relative error below 1e-12: False
erf(0.3,): mlx.core.float64, relative error below 1e-12: False
sigmoid(0.3,): mlx.core.float64, relative error below 1e-12: False
logaddexp(0.3, 0.0): mlx.core.float64, relative error below 1e-12: False
exp(89): inf
exp(-89): 0.0
SEEN
