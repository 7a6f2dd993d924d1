/* Filters and sorts tables. Without it they are whole, in an order of their own.

   A container of class actinit-filtered names in data-facets what its rows can be chosen by: pairs of
   a key and a label, the key being a data attribute of each row that holds words with spaces between.
   A third item, "tick", makes it a box to tick that keeps the rows that have the attribute. A head
   with data-sort ("text" or "number") sorts by its column; a cell's data-value comes before its text.
   Cells without a value come last either way. What is chosen stands in the address, so that a choice
   can be linked; a word there that no row has is told. The script is no module: browsers refuse to
   load modules from files.

   Rows that once stood here and have pages of their own are found there: data-moved names their
   folder, and an anchor of the form finding/FAMILY/ENTRY/... leads to the page ENTRY in it. */
"use strict";

(() => {
  class Filtered {
    constructor(container) {
      this.container = container;
      this.prefix = container.id ? `${container.id}.` : "";
      this.rows = [...container.querySelectorAll("tbody tr")].map((row) => ({
        row,
        text: row.textContent.toLowerCase(),
      }));
      this.controls = new Map();
      this.unknown = []; // words of the address that no row has, with their keys
      this.count = make("output", { className: "actinit-count" });
      this.count.setAttribute("aria-live", "polite");
      container.prepend(this.bar());
      for (const head of container.querySelectorAll("th[data-sort]")) this.sortable(head);
      this.restore();
    }

    bar() {
      const bar = make("form", { className: "actinit-bar" });
      bar.setAttribute("role", "search");
      bar.setAttribute("aria-label", "Choose rows of the table below");
      for (const [key, label, tick] of JSON.parse(this.container.dataset.facets)) {
        const control = tick ? make("input", { type: "checkbox" }) : this.select(key);
        this.controls.set(key, control);
        bar.append(tick ? make("label", {}, control, ` ${label}`) : make("label", {}, label, control));
      }
      const search = make("input", { type: "search", autocomplete: "off" });
      this.controls.set("q", search);
      const reset = make("button", { type: "reset", textContent: "Show all" });
      bar.append(make("label", {}, "with the words", search), reset, this.count);
      bar.addEventListener("input", () => this.chosen());
      bar.addEventListener("reset", () => setTimeout(() => this.chosen()));
      bar.addEventListener("submit", (event) => event.preventDefault());
      return bar;
    }

    select(key) {
      const words = this.rows.flatMap(({ row }) => (row.dataset[key] ?? "").split(" "));
      const options = [...new Set(words)].filter(Boolean).sort();
      return make("select", {}, new Option("any", ""), ...options.map((word) => new Option(word)));
    }

    sortable(head) {
      const button = make("button", { type: "button", className: "actinit-sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const upwards = head.getAttribute("aria-sort") !== "ascending";
        this.sort(head, upwards);
        this.remember();
      });
    }

    sort(head, upwards) {
      const table = head.closest("table");
      for (const other of table.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
      const value = ({ cells }) => {
        const cell = cells[head.cellIndex];
        const found = cell.dataset.value ?? cell.textContent.trim();
        return head.dataset.sort === "number" ? Number(found.replace("inf", "Infinity")) : found;
      };
      const blank = ({ cells }) => cells[head.cellIndex].textContent.trim() === "";
      const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b));
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((a, b) =>
        blank(a) - blank(b) || compare(value(a), value(b)) * (upwards ? 1 : -1));
      body.append(...rows);
    }

    /* What each control is set to; empty where it chooses nothing. */
    state() {
      return [...this.controls].map(([key, control]) => [
        key,
        control.type === "checkbox" ? (control.checked ? "yes" : "") : control.value.trim(),
      ]);
    }

    apply() {
      const tests = this.state().filter(([, wanted]) => wanted);
      let left = 0;
      for (const { row, text } of this.rows) {
        row.hidden = !tests.every(([key, wanted]) => {
          if (key === "q") return wanted.toLowerCase().split(/\s+/).every((w) => text.includes(w));
          if (this.controls.get(key).type === "checkbox") return key in row.dataset;
          return (row.dataset[key] ?? "").split(" ").includes(wanted);
        });
        left += !row.hidden;
      }
      this.count.textContent = `${left} of ${this.rows.length} rows`;
      const unknown = this.unknown.map(([key, word]) => `no row has ${key} "${word}"`);
      if (unknown.length) this.count.textContent += `; ${unknown.join(", ")}`;
    }

    chosen() {
      this.unknown = [];
      this.apply();
      this.remember();
    }

    remember() {
      const query = new URLSearchParams(location.search);
      for (const [key, wanted] of this.state()) {
        if (wanted) query.set(this.prefix + key, wanted);
        else query.delete(this.prefix + key);
      }
      const sorted = this.container.querySelector("[aria-sort]");
      if (sorted) {
        const down = sorted.getAttribute("aria-sort") === "descending" ? "-" : "";
        query.set(`${this.prefix}sort`, down + sorted.textContent.trim());
      }
      const text = query.toString();
      history.replaceState(null, "", (text ? `?${text}` : location.pathname) + location.hash);
    }

    restore() {
      const query = new URLSearchParams(location.search);
      for (const [key, control] of this.controls) {
        const wanted = query.get(this.prefix + key) ?? "";
        if (control.type === "checkbox") control.checked = wanted !== "";
        else control.value = wanted;
        if (control.selectedIndex === -1) {
          control.value = "";
          this.unknown.push([key, wanted]);
        }
      }
      const sort = query.get(`${this.prefix}sort`) ?? "";
      const heads = [...this.container.querySelectorAll("th[data-sort]")];
      const head = heads.find((one) => one.textContent.trim() === sort.replace(/^-/, ""));
      if (head) this.sort(head, !sort.startsWith("-"));
      this.apply();
      this.unhide();
    }

    /* A link to a row shows it, whatever else is chosen. */
    unhide() {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const row = target && this.container.contains(target) && target.closest("tr");
      if (!row) return;
      row.hidden = false;
      row.scrollIntoView({ block: "center" });
    }
  }

  function moved(folder) {
    const [, , entry] = /^#finding\/([^/]+)\/([^/]+)\//.exec(decodeURIComponent(location.hash)) ?? [];
    if (entry) location.replace(`${folder}/${entry}.html${location.hash}`);
  }

  for (const container of document.querySelectorAll(".actinit-filtered")) {
    if (container.dataset.moved) moved(container.dataset.moved);
    new Filtered(container);
  }
})();
