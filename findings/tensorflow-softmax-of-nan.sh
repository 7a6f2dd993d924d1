#!/usr/bin/env bash
# One nan in a row of float32 or bfloat16 makes 0 of every other element of TensorFlow's softmax. The
# sum of the row is nan, so that all are due to be nan; they are in float16 and float64, and in all
# formats with TF_ENABLE_ONEDNN_OPTS=0. These two go to oneDNN's vector code, so that the processor
# matters.
# Versions: tensorflow-cpu 2.21.0, numpy 2.4.6, Python 3.11, on a CPU with AVX-512; skipped without.
# Seen:
#   float32 [0.0, nan, 0.0, 0.0]
#   bfloat16 [0.0, nan, 0.0, 0.0]
#   float64 [nan, nan, nan, nan]
#   without oneDNN: float32 [nan, nan, nan, nan]
set -euo pipefail
grep -q avx512f /proc/cpuinfo || { echo "no AVX-512 here: skipped"; exit 0; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3.11 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet numpy==2.4.6 tensorflow-cpu==2.21.0
cat > "$work/ask.py" <<'PY'
import sys

import tensorflow as tf

for dtype in sys.argv[1:]:
    y = tf.nn.softmax(tf.constant([[1.0, float("nan"), 2.0, 3.0]], dtype))
    print(dtype, tf.cast(y, tf.float64).numpy()[0].tolist())
PY
export TF_CPP_MIN_LOG_LEVEL=3
said="$("$work/venv/bin/python" "$work/ask.py" float32 bfloat16 float64 2>/dev/null)"
said+=$'\nwithout oneDNN: '
said+="$(TF_ENABLE_ONEDNN_OPTS=0 "$work/venv/bin/python" "$work/ask.py" float32 2>/dev/null)"
echo "$said"
test "$said" = "float32 [0.0, nan, 0.0, 0.0]
bfloat16 [0.0, nan, 0.0, 0.0]
float64 [nan, nan, nan, nan]
without oneDNN: float32 [nan, nan, nan, nan]"
