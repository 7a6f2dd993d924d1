#!/usr/bin/env bash
# Versions: ncnn 1.0.20261020, numpy 2.4.6, Python 3.11, x86-64 with AVX2, 2026-11-29.
# Behaviour: Mish in float32 is positive for all inputs from -17 down, and grows with them: of minus a million
#   it is 0.06, of -1e30 it is 6e22, where a tiny negative number, or 0, is right. So it is where numbers are
#   computed four or more at a time; the same numbers alone give -0.
# Output seen:
#   four numbers: ['1.2e-06', '6.0e-05', '6.0e-02', '6.0e+22']
#   each alone:   ['-0.0e+00', '-0.0e+00', '-0.0e+00', '-0.0e+00']
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


x = np.array([-20.0, -1e3, -1e6, -1e30], np.float32)
y = run("Mish", x)
print("four numbers:", [f"{number:.1e}" for number in y.tolist()])
print("each alone:  ", [f"{run('Mish', x[i : i + 1])[0]:.1e}" for i in range(4)])
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
four numbers: ['1.2e-06', '6.0e-05', '6.0e-02', '6.0e+22']
each alone:   ['-0.0e+00', '-0.0e+00', '-0.0e+00', '-0.0e+00']
SEEN
