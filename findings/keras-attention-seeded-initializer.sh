#!/usr/bin/env bash
# Versions: keras 3.15.1 over jax 0.10.2, numpy 2.4.6, Python 3.11, 2026-11-28.
# Behaviour: keras.layers.MultiHeadAttention(kernel_initializer=GlorotUniform(seed=1)) begins with
#   query, key and value kernels that are equal bit for bit, so that all heads attend to the same
#   thing until training breaks the tie. Without a seed, or with the initializer's name, the three
#   are unrelated. A seeded initializer object returns the same tensor for the same shape each time.
# Output seen:
#   seeded initializer: query = key: True, key = value: True
#   by name: query = key: False, key = value: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import keras
import numpy as np


def kernels(initializer):
    layer = keras.layers.MultiHeadAttention(2, 8, kernel_initializer=initializer)
    layer.build((None, 4, 16), (None, 4, 16))
    return [np.asarray(getattr(layer, f"{name}_dense").kernel) for name in ("query", "key", "value")]


def told(title, initializer):
    query, key, value = kernels(initializer)
    same = np.array_equal(query, key), np.array_equal(key, value)
    print(f"{title}: query = key: {same[0]}, key = value: {same[1]}")


told("seeded initializer", keras.initializers.GlorotUniform(seed=1))
told("by name", "glorot_uniform")
PY
KERAS_BACKEND=jax "$folder/venv/bin/python" "$folder/show.py" 2>/dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
seeded initializer: query = key: True, key = value: True
by name: query = key: False, key = value: False
SEEN
