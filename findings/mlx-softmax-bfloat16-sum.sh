#!/usr/bin/env bash
# Versions: mlx and mlx-cpu 0.32.4, Python 3.11, x86-64, 2026-11-28.
# Behaviour: mlx.nn.softmax of a row in bfloat16 adds the exponentials up in bfloat16. A sum of equal
#   terms stops growing at 256 of them, so the probabilities of 2,048 equal logits, a short context or
#   vocabulary, add up to 8, and those of 4,096 to 16. mlx.core.softmax has precise=True for that,
#   which mlx.nn.softmax does not pass on; its layer Softmax neither.
# Output seen:
#   128 equal logits add up to 1.0 1.0
#   2048 equal logits add up to 8.0 1.0
#   4096 equal logits add up to 16.0 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mlx[cpu]==0.32.4"
cat >"$folder/show.py" <<'PY'
import mlx.core as mx
from mlx import nn

mx.set_default_device(mx.cpu)
for count in (128, 2048, 4096):
    logits = mx.zeros((count,), dtype=mx.bfloat16)
    ways = nn.softmax(logits), mx.softmax(logits, precise=True)
    print(f"{count} equal logits add up to", *(way.astype(mx.float32).sum().item() for way in ways))
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
128 equal logits add up to 1.0 1.0
2048 equal logits add up to 8.0 1.0
4096 equal logits add up to 16.0 1.0
SEEN
