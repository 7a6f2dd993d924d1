#!/usr/bin/env bash
# Versions: jax 0.10.2, numpy 2.4.6, Python 3.11, CPU, 2026-11-28.
# Behaviour: at infinity jax.jvp of jax.nn.hard_silu (hard_swish) is nan, and jax.grad is the limit,
#   1 or 0. By the product rule x * hard_sigmoid'(x) is inf * 0 there. So jax.jacfwd and jax.jacrev
#   of one network differ by nan.
# Output seen:
#   -inf: jvp nan, grad 0.0
#   inf: jvp nan, grad 1.0
#   4.0: jvp 1.0, grad 1.0
#   jacfwd [nan, 1.0], jacrev [1.0, 1.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jax==0.10.2 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import jax
import jax.numpy as jnp

for number in (-jnp.inf, jnp.inf, 4.0):
    x = jnp.float32(number)
    forward = float(jax.jvp(jax.nn.hard_silu, (x,), (jnp.ones_like(x),))[1])
    print(f"{number}: jvp {forward}, grad {float(jax.grad(jax.nn.hard_silu)(x))}")
x = jnp.array([jnp.inf, 4.0])
both = [jnp.diag(mode(jax.nn.hard_silu)(x)).tolist() for mode in (jax.jacfwd, jax.jacrev)]
print(f"jacfwd {both[0]}, jacrev {both[1]}")
PY
JAX_PLATFORMS=cpu "$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
-inf: jvp nan, grad 0.0
inf: jvp nan, grad 1.0
4.0: jvp 1.0, grad 1.0
jacfwd [nan, 1.0], jacrev [1.0, 1.0]
SEEN
