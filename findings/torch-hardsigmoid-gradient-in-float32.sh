#!/usr/bin/env bash
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11, CPU, 2026-11-29.
# Behaviour: the gradient of torch.nn.functional.hardsigmoid of float64 is 1/6 rounded to float32:
#   eight digits are right and the others are not, at every input from -3 to 3. The value is exact
#   to the last bit or so. Asked for a second derivative, autograd raises: the gradient's kernel has
#   no derivative, though it is a constant. relu6(x + 3) / 6 has neither fault.
# Output seen:
#   hardsigmoid: 0.1666666716337204
#   relu6(x + 3) / 6: 0.16666666666666666
#   the second derivative of hardsigmoid: not implemented
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import torch
from torch.nn import functional as F

x = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
for name, function in (
    ("hardsigmoid", F.hardsigmoid), ("relu6(x + 3) / 6", lambda x: F.relu6(x + 3) / 6)
):
    (slope,) = torch.autograd.grad(function(x).sum(), x)
    print(f"{name}: {slope.item()}")
(slope,) = torch.autograd.grad(F.hardsigmoid(x).sum(), x, create_graph=True)
try:
    torch.autograd.grad(slope.sum(), x)
except RuntimeError as error:
    print("the second derivative of hardsigmoid:", str(error)[-15:])
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
hardsigmoid: 0.1666666716337204
relu6(x + 3) / 6: 0.16666666666666666
the second derivative of hardsigmoid: not implemented
SEEN
