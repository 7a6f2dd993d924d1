#!/usr/bin/env bash
# Versions: tensorflow-cpu 2.21.0, ai-edge-litert 2.3.0, numpy 2.4.6, Python 3.11, x86-64, 2026-11-29.
# Behaviour: tf.nn.softplus converted for LiteRT becomes EXP, ADD, LOG. Of 1000 it is then no longer 1000,
#   but the logarithm of the largest float32, 88.7, or of what the default delegate's exp ends at; and with
#   that delegate, which nobody asked for, softplus of nan is a number. So an activation that grows as its
#   input does is flat, and a training that broke looks sound.
# Output seen:
#   operators: ['EXP', 'ADD', 'LOG']
#   by default: softplus(1000) is 1000: False, softplus(nan) is nan: False
#   without delegate: softplus(1000) is 1000: False, softplus(nan) is nan: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow-cpu==2.21.0 ai-edge-litert==2.3.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

x = np.array([1000.0, np.nan], np.float32)
function = tf.function(tf.nn.softplus, input_signature=[tf.TensorSpec([2], tf.float32)])
concrete = function.get_concrete_function()
file = tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()


def run(resolver):
    interpreter = Interpreter(model_content=file, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    y = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    names = [one["op_name"] for one in interpreter._get_ops_details()]
    return names, f"softplus(1000) is 1000: {y[0] == 1000}, softplus(nan) is nan: {np.isnan(y[1])}"


names, plain = run(OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
print("operators:", names)
print("by default:", run(OpResolverType.AUTO)[1])
print("without delegate:", plain)
PY
"$folder/venv/bin/python" "$folder/show.py" 2>/dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
operators: ['EXP', 'ADD', 'LOG']
by default: softplus(1000) is 1000: False, softplus(nan) is nan: False
without delegate: softplus(1000) is 1000: False, softplus(nan) is nan: True
SEEN
