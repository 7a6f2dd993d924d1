#!/usr/bin/env bash
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11, CPU, 2026-11-28.
# Behaviour: torch.nn.functional.prelu has two derivatives at 0: reverse mode (autograd.grad) gives
#   the slope, forward mode (torch.func.jvp) gives 1. Code that mixes the two, such as a Hessian by
#   forward over reverse, or a test of one against the other, sees a gradient that is not its own.
#   leaky_relu, which is the same function, gives the slope in both.
# Output seen:
#   prelu at 0: reverse 0.25, forward 1.0
#   leaky_relu at 0: reverse 0.25, forward 0.25
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import torch
from torch.nn import functional as F

slope, zero = torch.tensor([0.25]), torch.zeros(1)


def told(name, function):
    x = zero.clone().requires_grad_()
    (reverse,) = torch.autograd.grad(function(x).sum(), x)
    _, forward = torch.func.jvp(function, (zero,), (torch.ones(1),))
    print(f"{name} at 0: reverse {reverse.item()}, forward {forward.item()}")


told("prelu", lambda x: F.prelu(x, slope))
told("leaky_relu", lambda x: F.leaky_relu(x, 0.25))
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
prelu at 0: reverse 0.25, forward 1.0
leaky_relu at 0: reverse 0.25, forward 0.25
SEEN
