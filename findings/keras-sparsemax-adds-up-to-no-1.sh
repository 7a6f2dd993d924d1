#!/usr/bin/env bash
# Versions: keras 3.15.1 over tensorflow-cpu 2.21.0, Python 3.11, 2026-11-30; the code is the same over jax, torch
#   and numpy.
# Behaviour: keras.activations.sparsemax is the nearest point of the simplex, so that a row adds up to 1. It does where
#   one element takes everything; where two or more have a part in it, it does not. The level that is subtracted is
#   made of the sum of all sums of the first elements, in the place of the last of these sums. In float16 a row of
#   2,053 elements raises: tf.range counts its places in float16.
# Output seen:
#   sparsemax of [0.5, 0.25]: [0.375, 0.125] right: [0.625, 0.375]
#   sparsemax of [0.0, 0.0, 0.0]: [0.3333333432674408, 0.3333333432674408, 0.3333333432674408] sum: 1.0
#   sparsemax of [0.1, 0.1, 0.1]: [0.23333331942558289, 0.23333331942558289, 0.23333331942558289] sum: 0.7
#   sparsemax of 2,053 zeros in float16: InvalidArgumentError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import keras
import numpy as np

y = keras.activations.sparsemax(keras.ops.array([[0.5, 0.25]], "float32"))
print("sparsemax of [0.5, 0.25]:", np.asarray(y)[0].tolist(), "right: [0.625, 0.375]")
for x in (0.0, 0.1):
    y = np.asarray(keras.activations.sparsemax(keras.ops.array([[x] * 3], "float32")))[0]
    print(f"sparsemax of {[x] * 3}:", y.tolist(), f"sum: {y.sum():.1f}")
try:
    keras.activations.sparsemax(keras.ops.zeros((1, 2053), "float16"))
except Exception as error:
    print("sparsemax of 2,053 zeros in float16:", type(error).__name__)
PY
KERAS_BACKEND=tensorflow "$folder/venv/bin/python" "$folder/show.py" 2>/dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
sparsemax of [0.5, 0.25]: [0.375, 0.125] right: [0.625, 0.375]
sparsemax of [0.0, 0.0, 0.0]: [0.3333333432674408, 0.3333333432674408, 0.3333333432674408] sum: 1.0
sparsemax of [0.1, 0.1, 0.1]: [0.23333331942558289, 0.23333331942558289, 0.23333331942558289] sum: 0.7
sparsemax of 2,053 zeros in float16: InvalidArgumentError
SEEN
