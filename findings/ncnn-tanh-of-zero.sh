#!/usr/bin/env bash
# Versions: ncnn 1.0.20261020, numpy 2.4.6, Python 3.11, x86-64 with AVX2, 2026-11-29.
# Behaviour: TanH of 0 in float32 is not 0 but -6e-8, Sigmoid of 0 is less than 1/2, and neither is 1 at
#   1e30, where numbers are computed four or more at a time. What is sparse before a tanh is not after it,
#   and a tiny positive input has a negative tanh. The same numbers alone give 0, 1/2 and 1.
# Output seen:
#   tanh(0) is 0: [False, True]
#   tanh(1e-10) is negative: [True, False]
#   sigmoid(0) is 0.5: [False, True]
#   sigmoid(1e30) is 1: [False, True]
set -euo pipefail
grep -qw avx2 /proc/cpuinfo || { echo "skipped: other code runs without AVX2"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ncnn==1.0.20261020 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import ncnn
import numpy as np


def run(layer, x):
    text = f"7767517\n2 2\nInput input 0 1 x\n{layer} layer 1 1 x y\n"
    net = ncnn.Net()
    net.load_param_mem(text)
    net.load_model(ncnn.DataReaderFromEmpty())
    extractor, given = net.create_extractor(), ncnn.Mat(x).clone()
    extractor.input("x", given)
    return np.array(extractor.extract("y")[1])


four, one = (np.zeros(length, np.float32) for length in (4, 1))
print("tanh(0) is 0:", [bool(run("TanH", x)[0] == 0) for x in (four, one)])
print("tanh(1e-10) is negative:", [bool(run("TanH", x + np.float32(1e-10))[0] < 0) for x in (four, one)])
print("sigmoid(0) is 0.5:", [bool(run("Sigmoid", x)[0] == 0.5) for x in (four, one)])
print("sigmoid(1e30) is 1:", [bool(run("Sigmoid", x + np.float32(1e30))[0] == 1) for x in (four, one)])
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
tanh(0) is 0: [False, True]
tanh(1e-10) is negative: [True, False]
sigmoid(0) is 0.5: [False, True]
sigmoid(1e30) is 1: [False, True]
SEEN
