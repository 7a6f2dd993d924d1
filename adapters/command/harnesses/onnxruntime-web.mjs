// ONNX Runtime Web under Node, on WebAssembly, in the folder where it is installed:
//
//   npm install onnxruntime-web
//   actinit check --command "node onnxruntime-web.mjs"
//
// Each function is a model of one node. A format is offered where a session can be made.

import { NotOffered, require, serve, version } from "./serve.mjs";

const ort = require("onnxruntime-web");
ort.env.logLevel = "fatal";
ort.env.wasm.numThreads = 1; // as in a page that is not isolated, which most are not

// ONNX's operator, and its attributes by the parameters of the request.
const OPERATORS = {
  celu: ["Celu", ({ alpha }) => ({ alpha })],
  elu: ["Elu", ({ alpha }) => ({ alpha })],
  gelu: ["Gelu"],
  gelu_tanh: ["Gelu", () => ({ approximate: "tanh" })],
  hard_silu: ["HardSwish"],
  identity: ["Identity"],
  leaky_relu: ["LeakyRelu", ({ negative_slope }) => ({ alpha: negative_slope })],
  log_softmax: ["LogSoftmax"],
  mish: ["Mish"],
  relu: ["Relu"],
  selu: ["Selu"],
  sigmoid: ["Sigmoid"],
  silu: ["Swish"],
  softmax: ["Softmax"],
  softplus: ["Softplus"],
  tanh: ["Tanh"],
};
const PARAMETERS = { celu: ["alpha"], elu: ["alpha"], leaky_relu: ["negative_slope"] };
const TYPES = { float32: ["float32", 1], float16: ["float16", 10], float64: ["float64", 11] };

// A model in Protocol Buffers: a field is its number and kind, then a number or a length and bytes.
function varint(number) {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
  return Buffer.from([...bytes, number]);
}
const whole = (field, number) => Buffer.concat([varint(field << 3), varint(number)]);
const nested = (field, ...parts) => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
};
function float(field, number) {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(number);
  return Buffer.concat([varint((field << 3) | 5), bytes]);
}

// AttributeProto: name 1, f 2, s 4, type 20 (FLOAT 1, STRING 3).
const attribute = ([name, value]) =>
  typeof value === "number"
    ? nested(5, nested(1, name), float(2, value), whole(20, 1))
    : nested(5, nested(1, name), nested(4, value), whole(20, 3));

// ValueInfoProto: name 1, type 2 > tensor_type 1 > elem_type 1; without a shape any is taken.
const end = (field, name, type) => nested(field, nested(1, name), nested(2, nested(1, whole(1, type))));

function model(operator, type, attributes) {
  const stated = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const node = nested(1, nested(1, "x"), nested(2, "y"), nested(4, operator), ...stated.map(attribute));
  const graph = nested(7, node, nested(2, operator), end(11, "x", type), end(12, "y", type));
  // ModelProto: ir_version 1, opset_import 8 > version 2. Opset 24 is the first with Swish.
  return new Uint8Array(Buffer.concat([whole(1, 10), graph, nested(8, whole(2, 24))]));
}

const sessions = new Map();
function session({ function: name, format, parameters }) {
  const key = JSON.stringify([name, format, parameters]);
  if (!sessions.has(key)) {
    const [operator, attributes = () => ({})] = OPERATORS[name];
    const bytes = model(operator, TYPES[format][1], attributes(parameters));
    sessions.set(key, ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], logSeverityLevel: 4 }));
  }
  return sessions.get(key);
}

const hello = {
  name: "onnxruntime-web",
  versions: { "onnxruntime-web": version("onnxruntime-web"), node: process.versions.node },
  functions: Object.fromEntries(
    Object.keys(OPERATORS).map((name) => [
      name,
      { parts: ["value"], formats: Object.keys(TYPES), parameters: PARAMETERS[name] ?? [] },
    ]),
  ),
};

// ONNX's definition of the operator excludes the format, or the build has no kernel.
const LACKING = /Could not find an implementation|Type Error|ERROR_NOT_IMPLEMENTED/i;

await serve(hello, async (request, [x]) => {
  let made;
  try {
    made = await session(request);
  } catch (error) {
    if (LACKING.test(error.message)) throw new NotOffered(error.message.slice(0, 200));
    throw error;
  }
  const results = await made.run({ x: new ort.Tensor(TYPES[request.format][0], x, request.shape) });
  return results.y.data;
});
