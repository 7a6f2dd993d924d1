#!/usr/bin/env bash
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11, CPU, 2026-11-29.
# Behaviour: torch.erf of bfloat16 is 0 for inputs up to some 1e-7, and wrong in every digit well
#   above, though bfloat16 has numbers down to 1e-38 and erf(x) is 1.13 x there. The formula of the
#   vector code for 16 bits subtracts from 1; float32 has another, which loses nothing. A user who
#   lowers the precision expects eight bits, and gets none.
# Output seen:
#   erf(1e-07): bfloat16 0.0, float32 1.128379e-07
#   erf(1e-20): bfloat16 0.0, float32 1.128379e-20
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The vector code for 16 bits is that of AVX2 and AVX-512.
grep -q avx2 /proc/cpuinfo || { echo "skipped: no AVX2 here"; exit 0; }
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
cat >"$folder/show.py" <<'PY'
import torch

for number in (1e-7, 1e-20):
    x = torch.full((64,), number)
    narrow = torch.erf(x.bfloat16())[0].item()
    print(f"erf({number:.0e}): bfloat16 {narrow}, float32 {torch.erf(x)[0].item():.6e}")
PY
"$folder/venv/bin/python" "$folder/show.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
erf(1e-07): bfloat16 0.0, float32 1.128379e-07
erf(1e-20): bfloat16 0.0, float32 1.128379e-20
SEEN
