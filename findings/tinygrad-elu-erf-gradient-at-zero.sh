#!/usr/bin/env bash
# Versions: tinygrad 0.14.0, numpy 2.4.6, Python 3.11, 2026-11-30; its device PYTHON, which needs no compiler.
# Behaviour: at 0 the gradients of ELU and of erf are 0, though both functions are smooth there: just below
#   and above 0 they are 1, and 1.128. ELU is relu(x) - relu(1 - exp(x)) and erf a product with sign(x), and
#   relu and sign have the gradient 0 at 0. An input that is 0, as after a ReLU or in padding, learns nothing.
# Output seen:
#   elu: gradient below, at and above 0: [1.0, 0.0, 1.0]
#   erf: gradient below, at and above 0: [1.128, 0.0, 1.128]
#   tanh: gradient below, at and above 0: [1.0, 1.0, 1.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tinygrad==0.14.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
from tinygrad import Tensor

near = [-1e-6, 0.0, 1e-6]
for name in ("elu", "erf", "tanh"):
    x = Tensor(np.array(near))
    y = getattr(x, name)()
    slopes = y.sum().gradient(x)[0].numpy()
    print(f"{name}: gradient below, at and above 0:", [round(float(one), 3) for one in slopes])
PY
DEV=PYTHON "$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
elu: gradient below, at and above 0: [1.0, 0.0, 1.0]
erf: gradient below, at and above 0: [1.128, 0.0, 1.128]
tanh: gradient below, at and above 0: [1.0, 1.0, 1.0]
SEEN
