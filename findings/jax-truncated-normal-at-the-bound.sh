#!/usr/bin/env bash
# Versions: jax 0.10.2, numpy 2.4.6, Python 3.11, CPU, 2026-11-29.
# Behaviour: jax.random.truncated_normal(key, -10, 10) returns the lower bound (its neighbour inside)
#   about once in 2**23 draws; a draw beyond 9 has a probability of 1e-19. erf(-10 / sqrt(2)) is -1 in
#   float32, the uniform number is drawn from [-1, 1), and where it is -1 the inverse error function is
#   infinite and then clipped to the bound. So it is wherever the lower bound is six standard deviations
#   out or more, as in jax.nn.initializers.truncated_normal(0.002, lower=-1000, upper=1000).
# Output seen:
#   beyond -9: 8 of 67108864 draws, all of them -9.999999
#   beyond 9: 0; the others reach from -5.167 to 5.167
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jax==0.10.2 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import jax
import numpy as np

count, low, least, greatest = 0, [], np.inf, -np.inf
for seed in range(16):
    w = np.asarray(jax.random.truncated_normal(jax.random.key(seed), -10.0, 10.0, (2**22,)))
    count += w.size
    low += w[w < -9].tolist()
    inner = w[w > -9]
    least, greatest = min(least, inner.min()), max(greatest, inner.max())
(value,) = {f"{one:.6f}" for one in low}
print(f"beyond -9: {len(low)} of {count} draws, all of them {value}")
print(f"beyond 9: {int(greatest > 9)}; the others reach from {least:.3f} to {greatest:.3f}")
PY
JAX_PLATFORMS=cpu "$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
beyond -9: 8 of 67108864 draws, all of them -9.999999
beyond 9: 0; the others reach from -5.167 to 5.167
SEEN
