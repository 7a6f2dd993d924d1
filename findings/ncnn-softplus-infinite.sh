#!/usr/bin/env bash
# Versions: ncnn 1.0.20261020, numpy 2.4.6, Python 3.11, x86-64 with AVX2, 2026-11-29.
# Behaviour: Softplus in float32 is infinite for inputs from 88.8 on, where it is the input, and 0 from -17 down,
#   where it is exp(x). The layer computes log(exp(x) + 1) as it stands.
# Output seen:
#   softplus: ['8.8e+01', 'inf', 'inf', '1.2e-07', '0.0e+00']
#   right:    ['8.8e+01', '8.9e+01', '1.0e+03', '1.1e-07', '1.5e-08']
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


x = np.array([88.0, 89.0, 1000.0, -16.0, -18.0], np.float32)
print("softplus:", [f"{number:.1e}" for number in run("Softplus", x).tolist()])
print("right:   ", [f"{number:.1e}" for number in np.logaddexp(0.0, x.astype(np.float64)).tolist()])
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
softplus: ['8.8e+01', 'inf', 'inf', '1.2e-07', '0.0e+00']
right:    ['8.8e+01', '8.9e+01', '1.0e+03', '1.1e-07', '1.5e-08']
SEEN
