#!/usr/bin/env bash
# Versions: tinygrad 0.14.0, numpy 2.4.6, Python 3.11, 2026-11-30; its device PYTHON, which needs no compiler.
# Behaviour: Tensor.glorot_uniform draws kernels of convolutions too wide. The number of outputs is taken as
#   fan_out, without the kernel's area: of (4, 4, 3, 3) it is 4 and not 36, and the variance is larger by 4 / 5. Of a
#   matrix the bound is that of Glorot and Bengio.
# Output seen:
#   (12, 12): weights beyond the bound: False
#   (4, 4, 3, 3): weights beyond the bound: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tinygrad==0.14.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import math

import numpy as np
from tinygrad import Tensor

Tensor.manual_seed(0)
for shape in ((12, 12), (4, 4, 3, 3)):
    area = math.prod(shape[2:])
    fan_in, fan_out = shape[1] * area, shape[0] * area
    drawn = np.abs(Tensor.glorot_uniform(*shape).numpy())
    beyond = bool((drawn > math.sqrt(6 / (fan_in + fan_out))).any())
    print(f"{shape}: weights beyond the bound: {beyond}")
PY
DEV=PYTHON "$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
(12, 12): weights beyond the bound: False
(4, 4, 3, 3): weights beyond the bound: True
SEEN
