#!/usr/bin/env bash
# ONNX Runtime's LogSoftmax of float64 makes large positive numbers of the numbers in a row that has a
# nan behind its first element. No logarithm of a probability is positive, and all are due to be nan,
# as they are in float32 and where the nan stands first. 46.05 is -log(1e-20): a sum that is nan seems
# to become the least sum that is allowed.
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, Python 3.11, on a CPU.
# Seen:
#   float64 [0.0, 1.0, 2.0, nan] [44.05, 45.05, 46.05, nan]
#   float64 [nan, 1.0, 2.0, 0.0] [nan, nan, nan, nan]
#   float32 [0.0, 1.0, 2.0, nan] [nan, nan, nan, nan]
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3.11 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet numpy==2.4.6 onnxruntime==1.32.0 onnx==1.23.2 2>/dev/null
cat > "$work/ask.py" <<'PY'
import numpy as np
import onnxruntime
from onnx import helper

nan = float("nan")
for dtype, row in (
    ("float64", [0.0, 1.0, 2.0, nan]), ("float64", [nan, 1.0, 2.0, 0.0]),
    ("float32", [0.0, 1.0, 2.0, nan]),
):
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    x, y = (helper.make_tensor_value_info(name, kind, None) for name in "xy")
    node = helper.make_node("LogSoftmax", ["x"], ["y"], axis=-1)
    graph = helper.make_graph([node], "graph", [x], [y])
    opset = [helper.make_opsetid("", 21)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": np.array([row], dtype)})
    print(dtype, row, [round(float(number), 2) for number in found[0]])
PY
said="$("$work/venv/bin/python" "$work/ask.py")"
echo "$said"
test "$said" = "float64 [0.0, 1.0, 2.0, nan] [44.05, 45.05, 46.05, nan]
float64 [nan, 1.0, 2.0, 0.0] [nan, nan, nan, nan]
float32 [0.0, 1.0, 2.0, nan] [nan, nan, nan, nan]"
