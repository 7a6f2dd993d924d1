#!/usr/bin/env bash
# Versions: torch 2.13.0 (CPU), Python 3.11, 2026-11-30.
# Behaviour: the gradient of torch.logsumexp is softmax, whose elements add up to 1. Of four equal elements each is
#   1 and not 1/4 as soon as log(4) is nothing beside them: at 1,000 in bfloat16, at 60,000 in float16, at 1e9 in
#   float32. Below that the sum drifts from 1 as the elements grow. torch.softmax of the same rows is right: the
#   gradient of logsumexp is made of its rounded result.
# Output seen:
#   bfloat16 at 1000: [1.0, 1.0, 1.0, 1.0] softmax: [0.25, 0.25, 0.25, 0.25]
#   float16 at 60000: [1.0, 1.0, 1.0, 1.0] softmax: [0.25, 0.25, 0.25, 0.25]
#   float32 at 1e+09: [1.0, 1.0, 1.0, 1.0] softmax: [0.25, 0.25, 0.25, 0.25]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import torch

for name, number in (("bfloat16", 1e3), ("float16", 6e4), ("float32", 1e9)):
    x = torch.full((4,), number, dtype=getattr(torch, name), requires_grad=True)
    torch.logsumexp(x, 0).backward()
    told = f"{number:.0f}" if number < 1e9 else f"{number:g}"
    print(f"{name} at {told}:", x.grad.tolist(), "softmax:", torch.softmax(x, 0).tolist())
PY
"$folder/venv/bin/python" "$folder/show.py" 2>/dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
bfloat16 at 1000: [1.0, 1.0, 1.0, 1.0] softmax: [0.25, 0.25, 0.25, 0.25]
float16 at 60000: [1.0, 1.0, 1.0, 1.0] softmax: [0.25, 0.25, 0.25, 0.25]
float32 at 1e+09: [1.0, 1.0, 1.0, 1.0] softmax: [0.25, 0.25, 0.25, 0.25]
SEEN
