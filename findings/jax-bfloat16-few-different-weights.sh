#!/usr/bin/env bash
# Versions: jax 0.10.2, numpy 2.4.6, Python 3.11, CPU, 2026-11-28.
# Behaviour: jax.random.uniform, and with it every initializer of jax.nn.initializers, makes a weight
#   of bfloat16 from as many random bits as the significand stores, 7: a million draws hold 128
#   different numbers, on a grid of equal steps, where bfloat16 has thousands in [0, 1). A draw of
#   float32 that is rounded to bfloat16 holds many more. In float16 there are 1,024.
# Output seen:
#   uniform bfloat16: 128 different, least step 0.0078125
#   uniform float16: 1024 different, least step 0.0009765625
#   he_normal bfloat16: 128 different
#   uniform float32, rounded to bfloat16: more than 1000 different: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jax==0.10.2 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import jax
import jax.numpy as jnp
import numpy as np

key, count = jax.random.key(0), 2**20
for dtype in (jnp.bfloat16, jnp.float16):
    drawn = np.unique(np.asarray(jax.random.uniform(key, (count,), dtype)).astype(np.float64))
    step = np.diff(drawn).min()
    print(f"uniform {jnp.dtype(dtype).name}: {drawn.size} different, least step {step}")
weights = jax.nn.initializers.he_normal()(key, (1024, 1024), jnp.bfloat16)
print(f"he_normal bfloat16: {np.unique(np.asarray(weights).astype(np.float64)).size} different")
rounded = jax.random.uniform(key, (count,), jnp.float32).astype(jnp.bfloat16)
many = np.unique(np.asarray(rounded).astype(np.float64)).size
print(f"uniform float32, rounded to bfloat16: more than 1000 different: {many > 1000}")
PY
JAX_PLATFORMS=cpu "$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
uniform bfloat16: 128 different, least step 0.0078125
uniform float16: 1024 different, least step 0.0009765625
he_normal bfloat16: 128 different
uniform float32, rounded to bfloat16: more than 1000 different: True
SEEN
