#!/usr/bin/env bash
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, Python 3.11, CPU with AVX2, 2026-11-28.
# Behaviour: Sigmoid in float32 is a quotient of two polynomials plus 1/2, right to about 6e-8 and no
#   further: below -10 it has few right digits, then none, it rises where x falls, and from -18 on it
#   is 0, though float32 has sigmoid(-18) = 1.5e-8 and results down to -103. Its logarithm, as in a loss
#   by hand, is -inf at inputs that are nothing out of the ordinary for a logit.
# Output seen:
#   falls with x from -16 to -17: False
#   right within a tenth at -17: False
#   at -18: 0.0
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


y = run("Sigmoid", np.array([-16, -17, -18], np.float32))
print("falls with x from -16 to -17:", bool(y[1] < y[0]))
print("right within a tenth at -17:", bool(abs(y[1] * (1 + np.exp(17.0)) - 1) < 0.1))
print("at -18:", y[2])
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
falls with x from -16 to -17: False
right within a tenth at -17: False
at -18: 0.0
SEEN
