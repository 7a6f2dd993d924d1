/* The evaluator on the page of an activation: what is typed is rounded, evaluated and looked up. */
"use strict";

(function (actinit) {
  const { compare, end, point } = actinit.real;
  const { FORMATS } = actinit.formats;
  const { Entry, about, digits, error } = actinit.formula;
  const { condition, granted, keeps } = actinit.budget;
  const { Recorded } = actinit.recorded;

  const DIGITS = 30;
  const NEAREST = 2; // on either side
  const PAUSE = 300; // milliseconds without a key, after which what was typed is evaluated
  const START = { x: "-5", format: "float32", part: "value" };
  const HINT = "A decimal, 1/3, 0x1.8p-3, inf, nan, -0, or bits: c0b0, bits 4040.";
  // The parts of a function by their words in an address: what people call them, and the mark of it.
  const PARTS = { value: ["value", ""], derivative: ["derivative", "′"], second: ["second derivative", "″"] };
  const COPIED = 1500; // milliseconds for which the button says so

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

  /** C's hexadecimal notation without the zeros that say nothing. */
  const hexadecimal = (format, bits) => format.hexadecimal(bits).replace(/\.?0*p/, "p");

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
      this.recorded = new Recorded(data);
      this._build(root);
      const asked = this._start();
      this.evaluate();
      // Who comes by such a link wants the answer, unless the link leads elsewhere on the page.
      if (asked && !location.hash) root.closest("section").scrollIntoView();
    }

    // -- What is asked ------------------------------------------------------------------------

    _build(root) {
      this.input = element("input", {
        id: "evaluator-x", type: "text", autocomplete: "off", autocapitalize: "off",
        spellcheck: "false", "aria-describedby": "evaluator-hint evaluator-complaint",
      });
      this.format = this._choice("evaluator-format", Object.keys(FORMATS).map((word) => [word, word]));
      this.part = this._choice("evaluator-part", Object.entries(PARTS).map(([word, [name]]) => [word, name]));
      this.parameters = this.entry.parameters.map((known) => this._parameter(known));
      this.yours = element("input", {
        id: "evaluator-got", type: "text", autocomplete: "off", autocapitalize: "off",
        spellcheck: "false", "aria-describedby": "evaluator-complaint",
      });
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
        this._labelled("Your result (if any)", this.yours),
      );
      const hint = element("p", { id: "evaluator-hint", class: "actinit-hint" }, HINT);
      root.replaceChildren(form, hint, this.complaint, this.status, this.found, this._copying());
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this._asked();
      });
      form.addEventListener("change", () => this._asked());
      form.addEventListener("input", () => {
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this._asked(), PAUSE);
      });
    }

    /** Answer what somebody has changed, and have the address say what was asked. */
    _asked() {
      this.evaluate();
      this._remember();
    }

    _copying() {
      this.copy = element("button", { type: "button", class: "actinit-copy" }, "Copy the answer");
      this.copy.addEventListener("click", async () => {
        await write(this._told());
        this.copy.textContent = "Copied";
        setTimeout(() => { this.copy.textContent = "Copy the answer"; }, COPIED);
      });
      return this.copy;
    }

    /** What the panel says, as text to paste, with the address that says it again. */
    _told() {
      const lines = [this.status.textContent];
      for (const term of this.found.querySelectorAll("dt")) {
        lines.push(`${term.textContent}: ${term.nextElementSibling.textContent}`);
      }
      for (const row of this.found.querySelectorAll("tbody tr")) {
        lines.push([...row.cells].map((cell) => cell.innerText.replaceAll("\n", " ")).join(" | "));
      }
      const address = new URL(location.href);
      address.hash = "";
      address.search = this._query();
      return [...lines, address.href].join("\n");
    }

    /** A choice of words, each with what people read. */
    _choice(id, words) {
      const options = words.map(([value, text]) => element("option", { value }, text));
      return element("select", { id }, ...options);
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
      this._asked();
    }

    /** The fields by their names in an address. */
    get fields() {
      const { input: x, format, part, yours: got } = this;
      const parameters = this.parameters.map(({ known, field }) => [known.name, field]);
      return { x, format, part, got, ...Object.fromEntries(parameters) };
    }

    /** Begin with what the address asks for, such as ?x=-6.52&format=float32&part=derivative; say
        whether it asks for anything. */
    _start() {
      const asked = new URLSearchParams(location.search);
      const known = Object.entries(this.fields);
      for (const [name, field] of known) {
        field.value = asked.get(name) ?? START[name] ?? field.value;
        if (field.selectedIndex === -1) field.value = START[name]; // a word that is no choice
      }
      return known.some(([name]) => asked.has(name));
    }

    /** What is asked, as an address has it; what is usual is left out, but for input and format. */
    _query() {
      const query = new URLSearchParams();
      const usual = { part: START.part, got: "" };
      for (const { known } of this.parameters) usual[known.name] = known.default;
      for (const [name, field] of Object.entries(this.fields)) {
        const text = field.value.trim();
        if (text !== usual[name]) query.set(name, text);
      }
      return `?${query}`;
    }

    _remember() {
      history.replaceState(null, "", this._query() + location.hash);
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
      for (const field of Object.values(this.fields)) {
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
      const yours = this.yours.value.trim() ? format.parse(this.yours.value) : undefined;
      if (yours === null) {
        this._complain(this.yours, `“${this.yours.value}” is no number. Expected: ${HINT}`);
        return;
      }
      const { float64 } = FORMATS;
      const usual = this.parameters.every(({ known }) =>
        compare(parameters[known.name], float64.value(float64.parse(known.default).bits)) === 0);
      const question = { format, part: this.part.value, parameters, usual, ...read };
      const start = performance.now();
      const result = this.entry.result(question.part, read.bits, parameters, format);
      const took = performance.now() - start;
      question.kink = this._kink(question, result);
      question.budget = this._budget(question, result);
      this.found.replaceChildren(
        ...this._answers(question, result, yours),
        this._facts(question, result, took),
      );
      this.status.textContent = this._said(question, question.part, result);
      if (this.recorded.waitsFor(format)) this.recorded.load().then(() => this.evaluate());
    }

    /** The answer in a line: ``gelu′(-1.0) in float32: -0.083315305``. */
    _said({ format, bits }, part, result) {
      const said = { none: "has no value", limit: "not stated" }[result.open]
        ?? (result.bits === null ? "left open" : format.decimal(result.bits));
      const f = `${this.entry.name}${PARTS[part][1]}`;
      return `${f}(${format.decimal(bits)}) in ${format.name}: ${said}`;
    }

    _kink({ format, bits, part, parameters }, result) {
      if (part !== "derivative" || !result.enclosure || !format.isFinite(bits)) return null;
      return this.entry.kinkAt(format.value(bits), parameters);
    }

    /** The ulp that the entry grants here; null where that has no meaning or is not known. */
    _budget({ format, bits, part, parameters, usual, kink }, result) {
      if (!result.enclosure || kink || !format.isFinite(bits)) return null;
      return granted(this.entry, part, format.value(bits), parameters, format, usual);
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
      } else if (result.open === "limit") {
        say("rounded", "Of second derivatives the entry states no limits.");
      } else if (result.open === "none") {
        say("rounded", "There is no second derivative here: the derivative jumps or has a kink.");
      } else {
        say("rounded", `Not settled with ${result.precision} bits: the exact value is too close to`
          + ` the middle of two numbers of ${format.name} to say which is nearer.`);
      }
      for (const other of Object.keys(PARTS).filter((word) => word !== part)) {
        const also = this.entry.result(other, bits, parameters, format);
        say(PARTS[other][0], code(this._said(question, other, also)));
      }
      if (!result.enclosure || !format.isFinite(bits)) return list;
      const x = format.value(bits);
      const { kink, budget } = question;
      if (budget !== null) {
        say("budget", `${brief(budget)} ulp: so far off conforms`);
      }
      if (kink) {
        const [low, high] = kink.accept.map((one) => digits(one, 17).text);
        say("kink", `There is no derivative here; the one from the ${kink.take} is taken, and`
          + ` anything from ${low} to ${high} conforms.`);
      }
      const exponent = format.ulpExponent(result.enclosure.lo);
      say("1 ulp", `2^${exponent}, ${brief(about(point(end(1, exponent))))}`);
      if (x.m !== 0n) {
        const kappa = condition(this.entry, part, x, parameters);
        say("condition", `${kappa === null ? "unknown" : brief(kappa)}: by how much a relative error`
          + " of the input is multiplied");
      }
      say("proof", `an enclosure with ${result.precision} bits, in ${took.toFixed(1)} ms`);
      return list;
    }

    _number(format, bits) {
      const parts = code(format.parts(bits).join(" "), { class: "actinit-bits" });
      const hex = code(hexadecimal(format, bits), { class: "actinit-hex" });
      return [code(format.decimal(bits)), " ", hex, " ", parts];
    }

    _exact(enclosure) {
      const { text, exact } = digits(enclosure, DIGITS);
      return [code(text), exact ? " exactly" : text.includes("2^") ? "" : " …"];
    }

    _answers(question, result, yours) {
      const { format, part, bits, usual } = question;
      const heading = element("h3", { class: "actinit-heading" }, "What each backend returned");
      const own = yours ? [["your result"], yours.bits] : null;
      const told = usual ? this.recorded.at(format, part, bits, result.bits) : null;
      const notes = [];
      if (!told) {
        const inputs = this.recorded.inputs(format, part);
        if (!usual) notes.push(element("p", {}, "Recorded for the default parameters only."));
        else if (!inputs.length) notes.push(element("p", {}, "Nothing has been recorded."));
        else notes.push(this._nearest(format, inputs, bits));
      }
      const alike = new Map();
      for (const [backends, got] of told ?? []) {
        alike.set(got, [...(alike.get(got) ?? []), ...backends]);
      }
      const columns = [...alike].map(([got, backends]) => [backends, got]);
      const rows = [...(own ? [own] : []), ...columns].map(([who, got]) =>
        this._row(question, who, got, result));
      if (!rows.length) return [heading, ...notes];
      const head = ["backend", "verdict", "came back"].map((word) =>
        element("th", { scope: "col" }, word));
      const label = `What each backend returned at ${format.decimal(bits)}`;
      const grid = element(
        "table", { class: "actinit-matrix actinit-exact" },
        element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows),
      );
      const scroll = { class: "actinit-scroll", tabindex: "0", role: "region", "aria-label": label };
      return [heading, element("div", scroll, grid), ...notes];
    }

    _row(question, backends, got, result) {
      const { format } = question;
      const hex = code(hexadecimal(format, got), { class: "actinit-hex" });
      const { text, wrong } = verdict(question, got, result);
      return element(
        "tr", { class: wrong ? "actinit-wrong" : null },
        element("th", { scope: "row" }, backends.join(", ")),
        element("td", {}, text),
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

  /** How a result stands to the exact one, in a few words, and whether it does not conform. */
  function verdict({ format, budget, kink }, got, { bits, enclosure, open }) {
    const right = (text) => ({ text, wrong: false });
    const wrong = (text) => ({ text, wrong: true });
    if (open === "result" || open === "limit") return right("left open");
    if (open === "none") return right("no second derivative");
    if (bits !== null && format.same(got, bits)) return right("right");
    if (bits !== null && format.isZero(got) && format.isZero(bits)) {
      return open === "sign" ? right("right") : wrong("sign of zero");
    }
    if (kink) return within(kink, got, format) ? right("conforms") : wrong("no subgradient");
    if (!enclosure || (format.infinities && format.isNan(got))) return wrong("not the stated value");
    const off = error(got, enclosure, format);
    const found = Number.isNaN(off) ? brief(off) : `${brief(off)} ulp off`;
    const flushed = format.isZero(got) && bits !== null
      && format.magnitude(bits) < 1n << BigInt(format.stored);
    if (flushed) return right(`${found} (flushed to zero)`);
    if (budget === null) return right(found);
    return keeps(got, enclosure, budget, format)
      ? right(`${found}, conforms`)
      : wrong(`${found}: beyond the budget`);
  }

  /** Whether a result lies between the one-sided derivatives, each rounded to the format. */
  function within({ accept }, got, format) {
    if (!format.isFinite(got)) return false;
    const value = format.value(got);
    const [low, high] = [format.round(accept[0].lo), format.round(accept[1].hi)].map((one) =>
      format.value(one)).sort(compare);
    return compare(low, value) <= 0 && compare(value, high) <= 0;
  }

  /** Put a text on the clipboard; where a page may not, by what is selected. */
  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = element("textarea", { readonly: "" }, text);
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  }

  const root = document.getElementById("evaluator-panel");
  if (root) new Panel(root, JSON.parse(document.getElementById("evaluator-data").textContent));
})((globalThis.actinit ??= {}));
