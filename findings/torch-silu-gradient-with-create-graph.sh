#!/usr/bin/env bash
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11, CPU, 2026-11-29.
# Behaviour: the first derivative of silu and mish depends on whether somebody will differentiate it
#   again. With create_graph=True, and in forward mode, PyTorch composes it of operations that each
#   round in the format; without, one kernel rounds once. Near the derivative's root the former is 0,
#   the latter right to an ulp or so: a gradient penalty is made of other gradients than training.
# Output seen:
#   silu'(-1.28125) in bfloat16: -0.000606537, with create_graph 0, jvp 0
#   mish'(-1.1875) in bfloat16: 0.00131989, with create_graph 0, jvp 0
#   differ in a thousand inputs from -4 to 4: more than a tenth: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import torch
import torch.nn.functional as F


def slopes(function, x):
    x = x.clone().requires_grad_()
    (plain,) = torch.autograd.grad(function(x).sum(), x)
    (graph,) = torch.autograd.grad(function(x).sum(), x, create_graph=True)
    jvp = torch.func.jvp(function, (x.detach(),), (torch.ones_like(x),))[1]
    return plain, graph.detach(), jvp


for function, number in ((F.silu, -1.28125), (F.mish, -1.1875)):
    at = [float(one) for one in slopes(function, torch.tensor(number, dtype=torch.bfloat16))]
    print(f"{function.__name__}'({number}) in bfloat16: {at[0]:g}, "
          f"with create_graph {at[1]:g}, jvp {at[2]:g}")
plain, graph, _ = slopes(F.silu, torch.linspace(-4, 4, 1001).to(torch.bfloat16))
share = (plain != graph).double().mean().item()
print(f"differ in a thousand inputs from -4 to 4: more than a tenth: {share > 0.1}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
silu'(-1.28125) in bfloat16: -0.000606537, with create_graph 0, jvp 0
mish'(-1.1875) in bfloat16: 0.00131989, with create_graph 0, jvp 0
differ in a thousand inputs from -4 to 4: more than a tenth: True
SEEN
