#!/usr/bin/env bash
# Versions: tensorflow-cpu 2.21.0, ai-edge-litert 2.3.0, numpy 2.4.6, Python 3.11, x86-64 with AVX-512, 2026-11-30.
# Behaviour: the sigmoid of 1e30 is nan, and that of -1e30 too, where 1 and 0 are right, in a model that LiteRT
#   runs as it does by default, through XNNPACK; and SiLU with it. So it is from 4.3e26 to 2.4e38, on processors
#   with AVX-512; beyond, at infinity, and without the delegate it is right. An additive mask of -1e30 makes
#   nan of a gate, where the framework has 0.
# Output seen:
#   by default:       [nan, 1.0, nan, 0.0]
#   without delegate: [1.0, 1.0, 0.0, 0.0]
set -euo pipefail
grep -qw avx512f /proc/cpuinfo || { echo "skipped: other code runs without AVX-512"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow-cpu==2.21.0 ai-edge-litert==2.3.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

x = np.array([1e30, np.inf, -1e30, -np.inf], np.float32)
function = tf.function(tf.sigmoid, input_signature=[tf.TensorSpec([4], tf.float32)])
file = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()]).convert()


def run(resolver):
    interpreter = Interpreter(model_content=file, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).tolist()


print("by default:      ", run(OpResolverType.AUTO))
print("without delegate:", run(OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES))
PY
"$folder/venv/bin/python" "$folder/show.py" 2>/dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
by default:       [nan, 1.0, nan, 0.0]
without delegate: [1.0, 1.0, 0.0, 0.0]
SEEN
