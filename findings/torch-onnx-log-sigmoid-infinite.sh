#!/usr/bin/env bash
# Versions: torch 2.13.0, onnxscript 0.7.2, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6, Python 3.11,
#   x86-64 with AVX2, 2026-11-29.
# Behaviour: torch.onnx.export writes logsigmoid as Sigmoid and Log, and ONNX Runtime returns -inf from about
#   -16 down, where PyTorch returns the input. A binary cross-entropy of a logit of -20 is infinite once
#   it is exported. The exporter says nothing.
# Output seen:
#   operators: ['Sigmoid', 'Log']
#   torch: [-20.0, -50.0, -80.0]
#   exported: [-inf, -inf, -inf]
set -euo pipefail
grep -qw avx2 /proc/cpuinfo || { echo "skipped: other code runs without AVX2"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 onnxscript==0.7.2 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import onnxruntime
import torch

model, x = torch.nn.LogSigmoid(), torch.tensor([-20.0, -50.0, -80.0])
file = torch.onnx.export(model, (x,), verbose=False).model_proto
session = onnxruntime.InferenceSession(file.SerializeToString())
(y,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
print("operators:", [node.op_type for node in file.graph.node])
print("torch:", model(x).tolist())
print("exported:", y.tolist())
PY
"$folder/venv/bin/python" "$folder/show.py" 2>/dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
operators: ['Sigmoid', 'Log']
torch: [-20.0, -50.0, -80.0]
exported: [-inf, -inf, -inf]
SEEN
