#!/usr/bin/env bash
# Versions: tensorflow 2.21.0, numpy 2.4.6, Python 3.11, CPU, 2026-11-28.
# Behaviour: the derivative of tf.nn.gelu(x, approximate=True) by forward mode
#   (tf.autodiff.ForwardAccumulator) is nan from 7e12 on, on both sides, where reverse mode
#   (tf.GradientTape) gives the limits 1 and 0 up to 1.8e19. x**3 of the formula overflows at 7e12,
#   x**2 at 1.8e19.
# Output seen:
#   1e+12: forward 1.0, reverse 1.0
#   1e+13: forward nan, reverse 1.0
#   1e+18: forward nan, reverse 1.0
#   -1e+13: forward nan, reverse 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow==2.21.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import tensorflow as tf

for number in (1e12, 1e13, 1e18, -1e13):
    x = tf.constant(number)
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = tf.nn.gelu(x, approximate=True)
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = tf.nn.gelu(x, approximate=True)
    forward, reverse = float(accumulator.jvp(y)), float(tape.gradient(z, x))
    print(f"{number:g}: forward {forward}, reverse {reverse}")
PY
TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/show.py" 2>"$folder/log" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
1e+12: forward 1.0, reverse 1.0
1e+13: forward nan, reverse 1.0
1e+18: forward nan, reverse 1.0
-1e+13: forward nan, reverse 0.0
SEEN
