/* Answers questions about the evaluator's code: a JSON object a line in, one a line out. */
"use strict";

const path = require("node:path");
const readline = require("node:readline");

const folder = process.argv[2];
for (const file of ["real", "formats", "slopes", "formula", "budget", "recorded"]) require(path.join(folder, `${file}.js`));
const { Reals, end, interval, point } = globalThis.actinit.real;
const { FORMATS } = globalThis.actinit.formats;
const { Entry, digits, error } = globalThis.actinit.formula;
const { granted, keeps } = globalThis.actinit.budget;
const { added, differences } = globalThis.actinit.recorded;

const number = ([m, e]) => end(BigInt(m), e);
const written = (a) => [a.m.toString(), Number.isFinite(a.e) ? a.e : "inf"];
const both = (i) => [written(i.lo), written(i.hi)];

/** Parameters are binary64 numbers, whatever the format of the input. */
function values(parameters) {
  const { float64 } = FORMATS;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, text]) => [name, float64.value(float64.parse(text).bits)]),
  );
}

const ANSWERS = {
  /** What is stated of each format. */
  formats() {
    return Object.fromEntries(
      Object.values(FORMATS).map((f) => [f.name, [f.width, f.precision, f.emin, f.emax, f.infinities]]),
    );
  },
  /** The results at bit patterns, as bit patterns; null where none is stated or settled. */
  results({ entry, part, format: name, inputs, parameters }) {
    const format = FORMATS[name];
    const asked = new Entry(entry);
    const numbers = values(parameters);
    return inputs.map((text) => {
      const { bits } = asked.result(part, BigInt(`0x${text}`), numbers, format);
      return bits === null ? null : format.pattern(bits);
    });
  },
  /** Whether each of some values of a parameter is in its domain, the others being as given. */
  accepts({ entry, parameter, values: texts, parameters }) {
    const asked = new Entry(entry);
    const stated = asked.parameters.find(({ name }) => name === parameter);
    return texts.map((text) => asked.accepts(stated, values({ ...parameters, [parameter]: text })));
  },
  slowest({ entry, part, format: name, inputs, parameters }) {
    const format = FORMATS[name];
    const asked = new Entry(entry);
    const numbers = values(parameters);
    const took = inputs.map((text) => {
      const start = performance.now();
      asked.result(part, BigInt(`0x${text}`), numbers, format);
      return performance.now() - start;
    });
    const at = took.indexOf(Math.max(...took));
    return { milliseconds: took[at], mean: took.reduce((a, b) => a + b, 0) / took.length, x: inputs[at] };
  },
  digits({ entry, part, format: name, inputs, parameters, count }) {
    const format = FORMATS[name];
    const asked = new Entry(entry);
    return inputs.map((text) => {
      const found = asked.result(part, BigInt(`0x${text}`), values(parameters), format);
      return digits(found.enclosure, count);
    });
  },
  errors({ entry, part, format: name, inputs, got, parameters }) {
    const format = FORMATS[name];
    const asked = new Entry(entry);
    return inputs.map((text, at) => {
      const found = asked.result(part, BigInt(`0x${text}`), values(parameters), format);
      return String(error(BigInt(`0x${got[at]}`), found.enclosure, format));
    });
  },
  /** What is granted at each input; null where the page cannot tell. */
  budgets({ entry, part, format: name, inputs, parameters, usual = true }) {
    const format = FORMATS[name];
    const asked = new Entry(entry);
    return inputs.map((text) =>
      granted(asked, part, format.value(BigInt(`0x${text}`)), values(parameters), format, usual));
  },
  /** Whether each result keeps to a budget. */
  keeps({ entry, part, format: name, inputs, got, budget, parameters }) {
    const format = FORMATS[name];
    const asked = new Entry(entry);
    return inputs.map((text, at) => {
      const found = asked.result(part, BigInt(`0x${text}`), values(parameters), format);
      return keeps(BigInt(`0x${got[at]}`), found.enclosure, budget, format);
    });
  },
  /** The results at all inputs of a format, from what is stored of them and the right ones. */
  async every({ format: name, text, right }) {
    const format = FORMATS[name];
    const column = await differences(text, format);
    return right.map((pattern, at) =>
      format.pattern(added(column, BigInt(at), pattern === null ? null : BigInt(`0x${pattern}`), format)));
  },
  /** A function of the language at numbers m * 2**e: the ends of the enclosure. */
  enclosures({ function: name, precision, inputs }) {
    const reals = new Reals(precision);
    return inputs.map((numbers) => both(reals[name](...numbers.map((a) => point(number(a))))));
  },
  /** The same at intervals. */
  wide({ function: name, precision, inputs }) {
    const reals = new Reals(precision);
    return inputs.map((all) =>
      both(reals[name](...all.map(([lo, hi]) => interval(number(lo), number(hi))))),
    );
  },
  parsed({ format: name, texts }) {
    const format = FORMATS[name];
    return texts.map((text) => {
      const found = format.parse(text);
      return found && [format.pattern(found.bits), found.exact];
    });
  },
  written({ format: name, inputs }) {
    const format = FORMATS[name];
    return inputs.map((text) => {
      const bits = BigInt(`0x${text}`);
      return [format.decimal(bits), format.hexadecimal(bits)];
    });
  },
  neighbours({ format: name, inputs }) {
    const format = FORMATS[name];
    return inputs.map((text) =>
      [-1, 1].map((direction) => format.pattern(format.next(BigInt(`0x${text}`), direction))),
    );
  },
};

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const { ask, ...question } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await ANSWERS[ask](question))}\n`);
});
