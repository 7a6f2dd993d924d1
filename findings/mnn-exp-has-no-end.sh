#!/usr/bin/env bash
# Versions: MNN 3.6.1, numpy 2.4.6, Python 3.11, x86-64, 2026-11-30.
# Behaviour: exp of minus infinity is not 0 but a positive number, exp of infinity is finite, and exp of nan is
#   a number. So the weight of what is masked is not 0 in a sum of exponentials, and softplus and sigmoid
#   of nan are numbers too. ReLU, its other way round, is nan at minus infinity and 0 at nan.
# Output seen:
#   exp(-inf) is 0: False
#   exp(inf) is infinite: False
#   exp(nan) is nan: False
#   sigmoid(nan) is nan: False
#   tanh(nan) is nan: False
#   softplus(nan) is nan: False
#   relu(-inf) and relu(nan): [nan, 0.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet MNN==3.6.1 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import MNN.expr as F
import numpy as np


def run(function, *numbers):
    x = np.array(numbers, np.float32)
    y = function(F.const(x, [*x.shape], F.NCHW))  # keeps the memory that is read
    return np.array(y.read())


print("exp(-inf) is 0:", bool(run(F.exp, -np.inf)[0] == 0))
print("exp(inf) is infinite:", bool(np.isinf(run(F.exp, np.inf)[0])))
for name in ("exp", "sigmoid", "tanh", "softplus"):
    print(f"{name}(nan) is nan:", bool(np.isnan(run(getattr(F, name), np.nan)[0])))
print("relu(-inf) and relu(nan):", run(F.relu, -np.inf, np.nan).tolist())
PY
"$folder/venv/bin/python" "$folder/show.py" | grep -v "^The device supports" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
exp(-inf) is 0: False
exp(inf) is infinite: False
exp(nan) is nan: False
sigmoid(nan) is nan: False
tanh(nan) is nan: False
softplus(nan) is nan: False
relu(-inf) and relu(nan): [nan, 0.0]
SEEN
