// TensorFlow.js as a backend, in the folder where its packages are installed:
//
//   npm install @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-wasm
//   actinit check --command "node tfjs.mjs wasm"
//
// or cpu, with @tensorflow/tfjs-backend-cpu. Without tfjs-layers its activations are not offered.

import { require, serve, version } from "./serve.mjs";

const backend = process.argv[2] ?? "cpu";
const packages = ["@tensorflow/tfjs-core", `@tensorflow/tfjs-backend-${backend}`];
const tf = require(packages[0]);
require(packages[1]);
if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
await tf.ready();

// A slope that is not told is left to TensorFlow.js.
const functions = {
  elu: () => tf.elu,
  leaky_relu: ({ negative_slope }) => (x) => tf.leakyRelu(x, negative_slope),
  log_softmax: () => (x) => tf.logSoftmax(x),
  relu: () => tf.relu,
  selu: () => tf.selu,
  sigmoid: () => tf.sigmoid,
  softmax: () => (x) => tf.softmax(x),
  softplus: () => tf.softplus,
  tanh: () => tf.tanh,
};

const LAYERS = "@tensorflow/tfjs-layers";
const ofLayers = { gelu: "gelu", gelu_tanh: "gelu_new", identity: "linear", mish: "mish", silu: "swish" };
try {
  const { layers } = require(LAYERS);
  packages.push(LAYERS);
  for (const [name, activation] of Object.entries(ofLayers)) {
    const layer = layers.activation({ activation });
    functions[name] = () => (x) => layer.apply(x);
  }
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
}

const offer = { parts: ["value", "vjp"], formats: ["float32"] };
const hello = {
  name: `tfjs-${backend}`,
  versions: Object.fromEntries([...packages.map((name) => [name, version(name)]), ["node", process.versions.node]]),
  functions: Object.fromEntries(Object.keys(functions).map((name) => [name, offer])),
};
hello.functions.leaky_relu = { ...offer, parameters: ["negative_slope"] };

await serve(hello, async (request, [x, upstream]) => {
  const f = functions[request.function](request.parameters);
  const tensor = tf.tensor(x, request.shape, "float32");
  const result = tf.tidy(() =>
    request.ask === "value" ? f(tensor) : tf.grad(f)(tensor, tf.tensor(upstream, request.shape, "float32")),
  );
  const array = await result.data();
  tensor.dispose();
  if (result.id !== tensor.id) result.dispose();
  return array;
});
