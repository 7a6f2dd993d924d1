#!/usr/bin/env bash
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, Python 3.11, CPU, 2026-11-29.
# Behaviour: Shrink of float64 keeps an input only to the digits and the range of float32: 1/3 comes
#   back as another number and 1e300 as infinity, though nothing is to be computed with a bias of 0.
#   And nan becomes 0, as in ThresholdedRelu, so that a model hides the nan that it was given.
# Output seen:
#   Shrink(1/3) = 0.3333333432674408
#   Shrink(1e300) = inf
#   Shrink(nan) = 0.0
#   ThresholdedRelu(nan) = 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper


def run(operator, x, kind, **attributes):
    node = helper.make_node(operator, ["x"], ["y"], **attributes)
    x_info, y_info = (helper.make_tensor_value_info(name, kind, [None]) for name in "xy")
    graph = helper.make_graph([node], "one", [x_info], [y_info])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return float(session.run(None, {"x": x})[0][0])


for text, number in (("1/3", 1 / 3), ("1e300", 1e300), ("nan", np.nan)):
    got = run("Shrink", np.array([number]), TensorProto.DOUBLE, lambd=0.25, bias=0.0)
    print(f"Shrink({text}) = {got}")
got = run("ThresholdedRelu", np.array([np.nan], np.float32), TensorProto.FLOAT, alpha=1.0)
print(f"ThresholdedRelu(nan) = {got}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
Shrink(1/3) = 0.3333333432674408
Shrink(1e300) = inf
Shrink(nan) = 0.0
ThresholdedRelu(nan) = 0.0
SEEN
