#!/usr/bin/env bash
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, Python 3.11, CPU with AVX2, 2026-11-28.
# Behaviour: Tanh in float32 goes beyond 1: between 8 and 9 it returns 1.0000001 and 1.0000002 for many
#   inputs, and between -9 and -8 the same with the other sign. What follows and relies on the range
#   breaks: arctanh of it, or sqrt(1 - y * y), is nan.
# Output seen:
#   largest result above 1: True
#   sqrt(1 - y * y) is nan somewhere: True
set -euo pipefail
grep -qw avx2 /proc/cpuinfo || { echo "skipped: other code runs without AVX2"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper


def run(operator, x):
    x_of, y_of = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [None]) for name in "xy")
    node = helper.make_node(operator, ["x"], ["y"])
    opset = helper.make_opsetid("", 13)
    graph = helper.make_graph([node], operator, [x_of], [y_of])
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x})[0]


y = run("Tanh", np.linspace(8, 9, 2000, dtype=np.float32))
print("largest result above 1:", bool(y.max() > 1))
with np.errstate(invalid="ignore"):
    print("sqrt(1 - y * y) is nan somewhere:", bool(np.isnan(np.sqrt(1 - y * y)).any()))
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
largest result above 1: True
sqrt(1 - y * y) is nan somewhere: True
SEEN
