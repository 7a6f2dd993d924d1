#!/usr/bin/env bash
# Versions: @tensorflow/tfjs-core, tfjs-backend-cpu and tfjs-backend-wasm 4.22.0, Node 20, x86-64, 2026-11-28.
# Behaviour: on the wasm backend relu(inf - inf), relu(0 / 0) and relu(sqrt(-1)) are 0: relu keeps a nan only if
#   its sign bit is clear, and the nan that x86 makes has it set. relu6 and clipByValue make the lower end of every
#   nan. A network that has diverged goes on with zeros, and its loss looks finite. The cpu backend has nan.
#   (XNNPACK, which computes them, promises nothing for nan: github.com/tensorflow/tfjs/pull/3855, of 2020.)
# Output seen:
#   cpu   relu(inf - inf) NaN relu(0 / 0) NaN relu(sqrt(-1)) NaN relu6(nan) NaN clip(nan) NaN
#   wasm  relu(inf - inf) 0 relu(0 / 0) 0 relu(sqrt(-1)) 0 relu6(nan) 0 clip(nan) 0
set -euo pipefail
[ "$(uname -m)" = x86_64 ] || { echo "skipped: other processors make a nan of the other sign"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs-core@4.22.0 \
  @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
cat >show.js <<'JS'
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
require("@tensorflow/tfjs-backend-wasm");

(async () => {
  for (const backend of ["cpu", "wasm"]) {
    await tf.setBackend(backend);
    const [inf, zero, minus] = [Infinity, 0, -1].map((x) => tf.tensor([x]));
    const nan = tf.sub(inf, inf);
    const results = {
      "relu(inf - inf)": tf.relu(nan),
      "relu(0 / 0)": tf.relu(tf.div(zero, zero)),
      "relu(sqrt(-1))": tf.relu(tf.sqrt(minus)),
      "relu6(nan)": tf.relu6(nan),
      "clip(nan)": tf.clipByValue(nan, 0, 1),
    };
    const told = Object.entries(results).map(([name, y]) => `${name} ${y.dataSync()[0]}`);
    console.log(backend.padEnd(5), told.join(" "));
  }
})();
JS
node show.js 2>/dev/null | tee seen
diff seen - <<'SEEN'
cpu   relu(inf - inf) NaN relu(0 / 0) NaN relu(sqrt(-1)) NaN relu6(nan) NaN clip(nan) NaN
wasm  relu(inf - inf) 0 relu(0 / 0) 0 relu(sqrt(-1)) 0 relu6(nan) 0 clip(nan) 0
SEEN
