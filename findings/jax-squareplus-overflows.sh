#!/usr/bin/env bash
# Versions: jax 0.10.2, numpy 2.4.6, Python 3.11, CPU, 2026-11-30.
# Behaviour: jax.nn.squareplus is infinite for inputs of either sign from 256 on in float16, where the
#   right result is the input, or next to 0; its derivative there is 1/2 from both sides, then nan. In
#   float32 it is 0 or some multiple of an ulp of the input where it is small. The code is
#   0.5 * (x + sqrt(x * x + b)): x * x overflows, and the sum cancels on the left.
# Output seen:
#   float16 255: value 255.0, derivative 1.0
#   float16 256: value inf, derivative 0.5
#   float16 -256: value inf, derivative 0.5
#   float16 40000: value inf, derivative nan
#   float32 -3000.0: 0.0003662109375
#   float32 -10000.0: 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jax==0.10.2 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import jax
import jax.numpy as jnp

for number in (255, 256, -256, 40000):
    x = jnp.float16(number)
    y, slope = jax.value_and_grad(jax.nn.squareplus)(x)
    print(f"float16 {number}: value {float(y)}, derivative {float(slope)}")
for number in (-3000.0, -10000.0):  # 1 / 3000 and 1 / 10000 are right, to seven digits
    print(f"float32 {number}: {float(jax.nn.squareplus(jnp.float32(number)))}")
PY
JAX_PLATFORMS=cpu "$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
float16 255: value 255.0, derivative 1.0
float16 256: value inf, derivative 0.5
float16 -256: value inf, derivative 0.5
float16 40000: value inf, derivative nan
float32 -3000.0: 0.0003662109375
float32 -10000.0: 0.0
SEEN
