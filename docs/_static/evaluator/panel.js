/* The evaluator on the page of an activation: what is typed is rounded, evaluated and looked up. */
"use strict";

(function (actinit) {
  const { compare, end, point } = actinit.real;
  const { FORMATS } = actinit.formats;
  const { Entry, about, digits, error } = actinit.formula;

  const DIGITS = 30;
  const NEAREST = 2; // on either side
  const PAUSE = 300; // milliseconds without a key, after which what was typed is evaluated
  const START = { x: "-5", format: "float32", part: "value" };
  const HINT = "A decimal, 0x1.8p-3, inf, nan, -0, or bits 3f800000.";

  /** Make an element: attributes by name, then what it contains. */
  function element(tag, attributes = {}, ...content) {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null) found.setAttribute(name, value);
    }
    found.append(...content);
    return found;
  }

  const code = (text, more = {}) => element("code", more, text);

  /** A number of a few digits, for people. */
  function brief(value) {
    if (Number.isNaN(value)) return "not finite";
    if (value === 0) return "0";
    return value >= 1e-3 && value < 1e6
      ? String(Number(value.toPrecision(3)))
      : value.toExponential(2).replace("e+", "e");
  }

  class Panel {
    constructor(root, data) {
      this.entry = new Entry(data);
      this.stored = stored(data.stored);
      this._build(root);
      this._start();
      this.evaluate();
    }

    // -- What is asked ------------------------------------------------------------------------

    _build(root) {
      this.input = element("input", {
        id: "evaluator-x", type: "text", autocomplete: "off", autocapitalize: "off",
        spellcheck: "false", "aria-describedby": "evaluator-hint evaluator-complaint",
      });
      this.format = this._choice("evaluator-format", Object.keys(FORMATS));
      this.part = this._choice("evaluator-part", ["value", "derivative"]);
      this.parameters = this.entry.parameters.map((known) => this._parameter(known));
      this.complaint = element("p", { id: "evaluator-complaint", class: "actinit-complaint", role: "alert" });
      this.status = element("p", { class: "actinit-said", role: "status" });
      this.found = element("div");
      const form = element(
        "form",
        { "aria-label": `Evaluate ${this.entry.name} at one input` },
        this._labelled("Input x", this.input, this._step("previous", -1), this._step("next", 1)),
        this._labelled("Format", this.format),
        this._labelled("Of the function", this.part),
        ...this.parameters.map(({ known, field }) => this._labelled(known.name, field)),
      );
      const hint = element("p", { id: "evaluator-hint", class: "actinit-hint" }, HINT);
      root.replaceChildren(form, hint, this.complaint, this.status, this.found);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.evaluate();
      });
      form.addEventListener("change", () => this.evaluate());
      form.addEventListener("input", () => {
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.evaluate(), PAUSE);
      });
    }

    _choice(id, words) {
      return element("select", { id }, ...words.map((word) => element("option", {}, word)));
    }

    _parameter(known) {
      const field = element("input", {
        id: `evaluator-${known.name}`, type: "text", value: known.default, autocomplete: "off",
        "aria-describedby": "evaluator-complaint",
      });
      return { known, field };
    }

    _labelled(label, field, ...more) {
      const name = element("label", { for: field.id }, label);
      return element("div", {}, name, element("span", {}, field, ...more));
    }

    _step(word, direction) {
      const sign = direction < 0 ? "◂" : "▸";
      const label = `${word} number of the format`;
      const button = element("button", { type: "button", "aria-label": label, title: label }, sign);
      button.addEventListener("click", () => {
        const format = FORMATS[this.format.value];
        const read = format.parse(this.input.value);
        if (read) this._take(format.decimal(format.next(read.bits, direction)));
      });
      return button;
    }

    _take(text) {
      this.input.value = text;
      this.evaluate();
    }

    /** Begin with what the address asks for, such as ?x=-6.52&format=float32&part=derivative. */
    _start() {
      const asked = new URLSearchParams(location.search);
      this.input.value = asked.get("x") ?? START.x;
      for (const choice of ["format", "part"]) {
        this[choice].value = asked.get(choice) ?? START[choice];
        if (!this[choice].value) this[choice].value = START[choice];
      }
    }

    /** The parameters as binary64 numbers, as a caller can pass them; null with a complaint. */
    _read() {
      const { float64 } = FORMATS;
      const values = {};
      for (const { known, field } of this.parameters) {
        const read = float64.parse(field.value);
        if (!read || !float64.isFinite(read.bits)) {
          return this._complain(field, `${known.name}: “${field.value}” is no finite number.`);
        }
        values[known.name] = float64.value(read.bits);
      }
      for (const { known, field } of this.parameters) {
        if (!this.entry.accepts(known, values)) {
          return this._complain(field, `${known.name}: expected a number with ${known.condition}.`);
        }
      }
      return values;
    }

    _complain(field, text) {
      field.setAttribute("aria-invalid", "true");
      this.complaint.textContent = text;
      this.found.replaceChildren();
      this.status.textContent = "";
      return null;
    }

    // -- What is answered ------------------------------------------------------------------------

    evaluate() {
      clearTimeout(this.waiting);
      this.complaint.textContent = "";
      for (const field of [this.input, ...this.parameters.map((one) => one.field)]) {
        field.removeAttribute("aria-invalid");
      }
      const format = FORMATS[this.format.value];
      const read = format.parse(this.input.value);
      if (!read) {
        this._complain(this.input, `“${this.input.value}” is no number. Expected: ${HINT}`);
        return;
      }
      const parameters = this._read();
      if (!parameters) return;
      const question = { format, part: this.part.value, parameters, ...read };
      const start = performance.now();
      const result = this.entry.result(question.part, read.bits, parameters, format);
      const took = performance.now() - start;
      this.found.replaceChildren(
        this._facts(question, result, took),
        ...this._answers(question, result),
      );
      const f = `${this.entry.name}${question.part === "derivative" ? "′" : ""}`;
      const said = result.bits === null ? "left open" : format.decimal(result.bits);
      this.status.textContent = `${f}(${format.decimal(read.bits)}) in ${format.name}: ${said}`;
    }

    _facts(question, result, took) {
      const { format, bits, part, parameters } = question;
      const list = element("dl", { class: "actinit-witness" });
      const say = (term, ...content) => {
        list.append(element("dt", {}, term), element("dd", {}, ...content));
      };
      say("input", ...this._number(format, bits), question.exact ? "" : " (rounded: what was "
        + `typed is no number of ${format.name})`);
      if (result.enclosure) say("exact", ...this._exact(result.enclosure));
      if (result.bits !== null) {
        const word = result.enclosure ? "" : " (stated by the entry)";
        const open = result.open === "sign" ? " (a zero of either sign)" : "";
        say("rounded", ...this._number(format, result.bits), word + open);
      } else if (result.open === "result") {
        say("rounded", "The entry leaves the result open.");
      } else {
        say("rounded", `Not settled with ${result.precision} bits: the exact value is too close to`
          + ` the middle of two numbers of ${format.name} to say which is nearer.`);
      }
      if (!result.enclosure || !format.isFinite(bits)) return list;
      const x = format.value(bits);
      const kink = part === "derivative" ? this.entry.kinkAt(x, parameters) : null;
      if (kink) {
        const [low, high] = kink.accept.map((one) => digits(one, 17).text);
        say("kink", `There is no derivative here; the one from the ${kink.take} is taken, and`
          + ` anything from ${low} to ${high} conforms.`);
      }
      const exponent = format.ulpExponent(result.enclosure.lo);
      say("1 ulp", `2^${exponent}, ${brief(about(point(end(1, exponent))))}`);
      if (part === "value" && x.m !== 0n) {
        const kappa = this.entry.condition(x, parameters);
        say("condition", `${kappa ? brief(about(kappa)) : "unknown"}: by how much a relative error`
          + " of the input is multiplied");
      }
      say("proof", `an enclosure with ${result.precision} bits, in ${took.toFixed(1)} ms`);
      return list;
    }

    _number(format, bits) {
      const parts = code(format.parts(bits).join(" "), { class: "actinit-bits" });
      const hex = code(format.hexadecimal(bits), { class: "actinit-hex" });
      return [code(format.decimal(bits)), " ", hex, " ", parts];
    }

    _exact(enclosure) {
      const { text, exact } = digits(enclosure, DIGITS);
      return [code(text), exact ? " exactly" : text.includes("2^") ? "" : " …"];
    }

    _answers({ format, part, bits, parameters }, result) {
      const heading = element("h3", { class: "actinit-heading" }, "What each backend returned");
      const table = this.stored[`${format.name}/${part}`];
      if (!table) return [heading, element("p", {}, "Nothing has been recorded.")];
      const { float64 } = FORMATS;
      const usual = this.parameters.every(({ known }) =>
        compare(parameters[known.name], float64.value(float64.parse(known.default).bits)) === 0);
      if (!usual) {
        return [heading, element("p", {}, "Recorded for the default parameters only.")];
      }
      const at = table.x.findIndex((one) => format.same(one, bits));
      if (at < 0) return [heading, this._nearest(format, table.x, bits)];
      const alike = new Map();
      for (const { backends, results } of table.got) {
        const got = results[at];
        if (got !== null) alike.set(got, [...(alike.get(got) ?? []), ...backends]);
      }
      const rows = [...alike].map(([got, backends]) => this._row(format, backends, got, result));
      const head = ["backend", "error, ulp", "came back"].map((word) =>
        element("th", { scope: "col" }, word));
      const label = `What each backend returned at ${format.decimal(bits)}`;
      const grid = element(
        "table", { class: "actinit-matrix actinit-exact" },
        element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows),
      );
      const scroll = { class: "actinit-scroll", tabindex: "0", role: "region", "aria-label": label };
      return [heading, element("div", scroll, grid)];
    }

    _row(format, backends, got, result) {
      const hex = code(format.hexadecimal(got), { class: "actinit-hex" });
      return element(
        "tr", {},
        element("th", { scope: "row" }, backends.join(", ")),
        element("td", {}, verdict(format, got, result)),
        element("td", {}, code(format.decimal(got)), element("br"), hex),
      );
    }

    _nearest(format, inputs, bits) {
      const at = place(format, bits);
      const sorted = inputs
        .filter((one) => !format.isNan(one))
        .sort((a, b) => (place(format, a) < place(format, b) ? -1 : 1));
      const below = sorted.filter((one) => place(format, one) < at).slice(-NEAREST);
      const above = sorted.filter((one) => place(format, one) > at).slice(0, NEAREST);
      const buttons = [...below, ...above].map((one) => {
        const button = element("button", { type: "button" }, format.decimal(one));
        button.addEventListener("click", () => {
          this._take(format.decimal(one));
          this.input.focus();
        });
        return button;
      });
      const text = `This input is not among the ${inputs.length} that are stored. The nearest: `;
      return element("p", { class: "actinit-near" }, text, ...buttons);
    }
  }

  /** The place of a number in the order of its format, as an integer; neighbours differ by 1. */
  function place(format, bits) {
    const magnitude = format.magnitude(bits);
    return format.isNegative(bits) ? -magnitude : magnitude;
  }

  /** How a result stands to the exact one, in a few words. */
  function verdict(format, got, { bits, enclosure, open }) {
    if (open === "result") return "left open";
    if (bits !== null && format.same(got, bits)) return enclosure ? ulps(got, enclosure, format) : "right";
    if (bits !== null && format.isZero(got) && format.isZero(bits)) {
      return open === "sign" ? "right" : "sign of zero";
    }
    if (!enclosure || (format.infinities && format.isNan(got))) return "not the stated value";
    const found = ulps(got, enclosure, format);
    const flushed = format.isZero(got) && bits !== null
      && format.magnitude(bits) < 1n << BigInt(format.stored);
    return flushed ? `${found} (flushed to zero)` : found;
  }

  function ulps(got, enclosure, format) {
    return brief(error(got, enclosure, format));
  }

  /** Unpack the stored answers: strings of bit patterns of one width, dots where there is none. */
  function stored(packed) {
    const found = {};
    for (const [key, { x, got }] of Object.entries(packed)) {
      const width = FORMATS[key.split("/")[0]].width / 4;
      const cut = (text) =>
        Array.from({ length: text.length / width }, (_, at) => {
          const pattern = text.slice(at * width, (at + 1) * width);
          return pattern.startsWith(".") ? null : BigInt(`0x${pattern}`);
        });
      found[key] = {
        x: cut(x),
        got: got.map(([backends, column]) => ({ backends, results: cut(column) })),
      };
    }
    return found;
  }

  const root = document.getElementById("evaluator-panel");
  if (root) new Panel(root, JSON.parse(document.getElementById("evaluator-data").textContent));
})((globalThis.actinit ??= {}));
