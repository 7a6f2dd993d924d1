/* The page of comparisons: two functions, or two backends, as the address names them. What is drawn
   and said stands in the page's data; nothing is computed but the difference of two rows of points. */
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("compare-data").textContent);
  const query = new URLSearchParams(location.search);
  const SPACE = "http://www.w3.org/2000/svg";
  // On a phone a plot has fewer units, so that its letters stay as large as others.
  const WIDTH = innerWidth < 576 ? 340 : 640;
  const [HEIGHT, LEFT, BOTTOM, TOP] = [WIDTH / 2, 54, 28, 12];
  const START = { a: "gelu", b: "gelu_tanh" };

  /** The names that look most like one that is not there: those that share its beginning or contain it. */
  function near(word, names) {
    const asked = word.toLowerCase();
    const alike = names.filter((one) =>
      one.includes(asked) || asked.includes(one) || one.slice(0, 3) === asked.slice(0, 3));
    return alike.length ? ` Did you mean ${alike.slice(0, 3).join(", ")}?` : "";
  }

  /** Two choices that stand in the address under two keys, and what is shown of them. */
  class Compared {
    constructor(root, keys, label, names, start) {
      Object.assign(this, { root, keys, names, start });
      this.complaint = make("p", { className: "actinit-complaint" });
      this.complaint.setAttribute("role", "alert");
      this.shown = make("div");
      this.selects = keys.map((key, at) =>
        make("select", { id: `compare-${key}` }, ...names.map((name) => new Option(name))));
      const bar = make("form", { className: "actinit-bar" });
      this.selects.forEach((select, at) => {
        const words = [`${label} on the left`, `${label} on the right`];
        bar.append(make("label", {}, words[at], select));
      });
      bar.addEventListener("change", () => this.chosen());
      bar.addEventListener("submit", (event) => event.preventDefault());
      root.replaceChildren(bar, this.complaint, this.shown);
      this.restore();
    }

    /** Begin with what the address asks for; say which of its words is nothing that is known. */
    restore() {
      const complaints = [];
      this.keys.forEach((key, at) => {
        const asked = query.get(key);
        const known = asked === null ? this.start[at] : this.meant(asked);
        if (known === null) complaints.push(`“${asked}” is ${this.unknown}.${near(asked, this.names)}`);
        this.selects[at].value = known ?? this.start[at];
      });
      this.complaint.textContent = complaints.join(" ");
      if (complaints.length) this.shown.replaceChildren();
      else this.show(...this.selects.map((select) => select.value));
      if (this.keys.some((key) => query.has(key)) && !location.hash) this.root.scrollIntoView();
    }

    meant(word) {
      return this.names.includes(word) ? word : null;
    }

    chosen() {
      this.complaint.textContent = "";
      const values = this.selects.map((select) => select.value);
      this.show(...values);
      history.replaceState(null, "", `?${this.keys.map((key, at) => `${key}=${values[at]}`).join("&")}`);
    }
  }

  // -- Functions -----------------------------------------------------------------------------

  class Functions extends Compared {
    get unknown() {
      return "no function of one number in the spec";
    }

    meant(word) {
      const name = word.replace(/[\s._-]+/g, " ").trim().toLowerCase(); // as content/names.py has it
      return Object.hasOwn(data.names, name) ? data.names[name] : null;
    }

    show(a, b) {
      const [left, right] = [data.functions[a], data.functions[b]];
      const same = a === b;
      const [value, derivative] = data.pairs[`${a} ${b}`] ?? data.pairs[`${b} ${a}`] ?? [];
      const apart = make("dl", { className: "actinit-witness" });
      if (same) apart.append(make("dt", {}, "difference"), make("dd", {}, "none: it is one function"));
      else if (value) {
        apart.append(make("dt", {}, "largest difference of the values"), make("dd", {}, value));
        apart.append(make("dt", {}, "of the derivatives"), make("dd", {}, derivative));
      }
      const difference = left.y.map((y, at) => y - right.y[at]);
      const plots = make("div", { className: "actinit-pair" });
      plots.append(
        figure(`${a} and ${b}`, [[a, left.y, 0, ""], [b, right.y, 1, "6 4"]]),
        figure(`${a} less ${b}`, [[`${a} − ${b}`, difference, 3, ""]]),
      );
      this.shown.replaceChildren(apart, plots, facts([a, b], [left, right]));
    }
  }

  /** What is known of both, row by row; what is not the same is bold. */
  function facts(names, both) {
    const labels = [...new Set(both.flatMap((one) => Object.keys(one.facts)))];
    const rows = labels.filter((label) => both.some((one) => one.facts[label])).map((label) => {
      const texts = both.map((one) => one.facts[label] ?? "");
      const cells = texts.map((text, at) => {
        const cell = make("td", {}, texts[0] === texts[1] ? text : make("strong", {}, text || "–"));
        cell.dataset.label = names[at];
        return cell;
      });
      const head = make("th", { scope: "row" }, label);
      return make("tr", {}, head, ...cells);
    });
    const heads = names.map((name, at) =>
      make("th", { scope: "col" }, make("a", { href: both[at].href }, name)));
    return table("What is known of both", ["", ...heads], rows, "actinit-wrapped actinit-carded");
  }

  function table(label, heads, rows, looks = "") {
    const cells = heads.map((head) => (typeof head === "string"
      ? make(head ? "th" : "td", head ? { scope: "col" } : {}, head) : head));
    const made = make("table", { className: `actinit-matrix actinit-list ${looks}` },
      make("thead", {}, make("tr", {}, ...cells)), make("tbody", {}, ...rows));
    const scroll = make("div", { className: "actinit-scroll", tabIndex: 0, role: "region", ariaLabel: label }, made);
    return scroll;
  }

  // -- Drawing -------------------------------------------------------------------------------

  function svg(tag, attributes, ...content) {
    const made = document.createElementNS(SPACE, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...content);
    return made;
  }

  /** Round steps for an axis, some five of them. */
  function ticks(low, high) {
    const raw = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw);
    const first = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - first + 1;
    return Array.from({ length: count }, (_, at) => (first + at) * step);
  }

  /** A plot of lines, each [name, points, colour, dashes]. */
  function figure(caption, lines) {
    const { x } = data;
    const finite = lines.flatMap(([, y]) => y).filter(Number.isFinite);
    let [low, high] = [Math.min(...finite), Math.max(...finite)];
    if (high === low) [low, high] = [low - 1, high + 1];
    const across = (at) => LEFT + ((at - x[0]) / (x.at(-1) - x[0])) * (WIDTH - LEFT - 8);
    const down = (at) => HEIGHT - BOTTOM - ((at - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);
    const label = `Plot of ${caption} for x from ${x[0]} to ${x.at(-1)}`;
    const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
    for (const at of ticks(x[0], x.at(-1))) {
      drawn.append(svg("path", { class: "actinit-axis", d: `M${across(at)} ${TOP}V${HEIGHT - BOTTOM}` }),
        svg("text", { x: across(at), y: HEIGHT - 8, "text-anchor": "middle" }, String(Math.round(at)).replace("-", "−")));
    }
    for (const at of ticks(low, high)) {
      const text = Math.abs(at) >= 1e-2 || at === 0 ? Number(at.toPrecision(3)) : at.toExponential(0);
      drawn.append(svg("path", { class: "actinit-axis", d: `M${LEFT} ${down(at)}H${WIDTH - 8}` }),
        svg("text", { x: LEFT - 6, y: down(at) + 4, "text-anchor": "end" }, String(text).replace("-", "−")));
    }
    for (const [name, y, colour, dashes] of lines) {
      const points = y.map((one, at) => `${across(x[at]).toFixed(1)},${down(one).toFixed(1)}`).join(" ");
      drawn.append(svg("polyline", {
        points, "stroke-dasharray": dashes, style: `stroke: var(--actinit-plot-${colour})`,
      }, svg("title", {}, name)));
    }
    const legend = lines.map(([name, , colour, dashes]) => {
      const key = make("span", { className: "actinit-key" });
      key.style.borderTop = `3px ${dashes ? "dashed" : "solid"} var(--actinit-plot-${colour})`;
      return make("span", {}, key, ` ${name} `);
    });
    return make("figure", { className: "actinit-drawn" }, drawn, make("figcaption", {}, ...legend));
  }

  // -- Backends ------------------------------------------------------------------------------

  class Backends extends Compared {
    get unknown() {
      return "no backend that was measured";
    }

    show(left, right) {
      const [both, only] = [[], { [left]: 0, [right]: 0 }];
      for (const { of, href, cells } of data.cells) {
        const pair = [cells[left], cells[right]];
        if (pair[0] && pair[1]) both.push({ of, href, pair });
        else if (pair[0]) only[left] += 1;
        else if (pair[1]) only[right] += 1;
      }
      const graded = both.filter(({ pair: [l, r] }) => l[0] !== r[0]);
      const sized = both.filter(({ pair: [l, r] }) => l[0] === r[0] && l[1] !== r[1]);
      const bits = both.filter(({ pair: [l, r] }) => l[3] !== null && r[3] !== null);
      const alike = bits.filter(({ pair: [l, r] }) => l[3] === r[3]);
      const said = [
        `Of ${both.length} cells that both have, ${graded.length} differ in the grade and ${sized.length}`
        + " more in the largest error.",
        bits.length ? `Of ${bits.length} in formats whose every input was asked, ${alike.length} are the`
          + " same in every bit." : "",
        ...[left, right].filter((name) => left !== right && only[name]).map((name) =>
          `${only[name]} ${only[name] === 1 ? "is" : "are"} of ${name} only.`),
        `${left}: ${data.backends[left]}${left === right ? "" : `; ${right}: ${data.backends[right]}`}.`,
      ];
      const size = ([, error]) => error ?? Infinity;
      const ratio = ({ pair: [l, r] }) => Math.abs(Math.log(size(l) / size(r))) || 0;
      const rows = [...graded.sort((a, b) => ratio(b) - ratio(a)), ...sized.sort((a, b) => ratio(b) - ratio(a))];
      const found = make("p", { className: "actinit-said" }, said.filter(Boolean).join(" "));
      this.shown.replaceChildren(found, ...(rows.length ? [cells([left, right], rows)] : []));
    }
  }

  function cells(names, rows) {
    const made = rows.map(({ of: [entry, part, format], href, pair }) => {
      const both = pair.map(([grade, , told, alike], at) => {
        const chip = make("span", { className: `actinit-grade actinit-${grade}` }, grade);
        const cell = make("td", {}, chip, ` ${told}`);
        cell.dataset.label = names[at];
        return cell;
      });
      const known = pair.every(([, , , alike]) => alike !== null);
      const bits = known ? (pair[0][3] === pair[1][3] ? "the same" : "differ") : "";
      const head = make("th", { scope: "row" }, make("a", { href }, entry));
      const last = make("td", {}, bits);
      last.dataset.label = "bits of all inputs";
      const what = part === "second" ? "second derivative" : part;
      return make("tr", {}, head, make("td", {}, what), make("td", {}, format), ...both, last);
    });
    const heads = ["function", "part", "format", ...names, "bits of all inputs"];
    return table(`Cells in which ${names.join(" and ")} differ`, heads, made);
  }

  const functions = Object.keys(data.functions);
  if (functions.length) {
    const start = [START.a, START.b].map((name, at) => (functions.includes(name) ? name : functions[at]));
    new Functions(document.getElementById("compare-functions"), ["a", "b"], "Function", functions, start);
  } else document.getElementById("compare-functions").textContent = "The points of the plots have not been computed.";
  const backends = Object.keys(data.backends);
  if (backends.length) {
    const start = [backends[0], backends[1] ?? backends[0]];
    new Backends(document.getElementById("compare-backends"), ["left", "right"], "Backend", backends, start);
  } else document.getElementById("compare-backends").textContent = "No backend has been measured.";
})();
