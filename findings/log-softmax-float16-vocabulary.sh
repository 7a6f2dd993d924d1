#!/usr/bin/env bash
# The log_softmax of PyTorch, JAX and TensorFlow in float16 is minus infinity over 65,520 and more
# equal logits, where -11.09 is right and an ordinary float16. The sum of the exponentials is rounded
# to float16 before its logarithm is taken, and float16 ends at 65,504. Some vocabularies of language
# models are larger.
# Versions: torch 2.13.0, jax 0.10.2, tensorflow-cpu 2.21.0, numpy 2.4.6, Python 3.11, on a CPU.
# Seen:
#   torch: -11.09375 over 65505 logits, -inf over 65520
#   jax: -11.09375 over 65505 logits, -inf over 65520
#   tensorflow: -11.09375 over 65505 logits, -inf over 65520
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3.11 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet numpy==2.4.6 torch==2.13.0 jax==0.10.2 tensorflow-cpu==2.21.0
cat > "$work/ask.py" <<'PY'
import sys

import numpy as np

name = sys.argv[1]
if name == "torch":
    import torch

    def log_softmax(x):
        return torch.log_softmax(torch.from_numpy(x), dim=-1).numpy()
elif name == "jax":
    from jax.nn import log_softmax
else:
    import tensorflow as tf

    def log_softmax(x):
        return tf.nn.log_softmax(x).numpy()

found = []
for count in (65_505, 65_520):
    (result,) = set(np.asarray(log_softmax(np.zeros((1, count), np.float16))).ravel().tolist())
    found.append(f"{result} over {count}")
print(f"{name}: {found[0]} logits, {found[1]}")
PY
for name in torch jax tensorflow; do
  said="$(TF_CPP_MIN_LOG_LEVEL=3 "$work/venv/bin/python" "$work/ask.py" "$name" 2>/dev/null)"
  echo "$said"
  test "$said" = "$name: -11.09375 over 65505 logits, -inf over 65520"
done
