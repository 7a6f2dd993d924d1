/* Shows one pair of frameworks at a time. Without it the sections of all stand one below the other.
   Which one is shown stands in the address, as the anchor of its section or of a row in it. */
"use strict";

(() => {
  class Pairs {
    constructor(container) {
      this.sections = [...container.querySelectorAll("section")];
      this.from = this.choice("from");
      this.to = this.choice("to");
      this.none = make("p", { hidden: true, textContent: "Nothing that is known here differs." });
      const bar = make("form", { className: "actinit-bar" },
        make("label", {}, "From", this.from), make("label", {}, "to", this.to));
      bar.addEventListener("change", () => this.chosen());
      bar.addEventListener("submit", (event) => event.preventDefault());
      container.querySelector(".actinit-choice").replaceWith(bar);
      container.append(this.none);
      window.addEventListener("hashchange", () => this.restore());
      this.restore();
    }

    choice(key) {
      const words = new Set(this.sections.map((section) => section.dataset[key]));
      const name = { from: "From", to: "to" }[key];
      return make("select", { ariaLabel: name }, ...[...words].map((word) => new Option(word)));
    }

    /* Begin with the pair that the address names, else with the one that has most to say. */
    restore() {
      const rows = (section) => section.querySelectorAll("tbody tr").length;
      const longest = this.sections.reduce((a, b) => (rows(b) > rows(a) ? b : a));
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const named = this.sections.find((section) => section.contains(target)) ?? longest;
      this.from.value = named.dataset.from;
      this.to.value = named.dataset.to;
      this.show();
      if (named.contains(target)) target.scrollIntoView();
    }

    chosen() {
      this.show();
      const shown = this.sections.find((section) => !section.hidden);
      if (shown) history.replaceState(null, "", `#${shown.id}`);
    }

    show() {
      for (const section of this.sections) {
        const { from, to } = section.dataset;
        section.hidden = from !== this.from.value || to !== this.to.value;
      }
      this.none.hidden = this.sections.some((section) => !section.hidden);
    }
  }

  for (const container of document.querySelectorAll(".actinit-pairs")) new Pairs(container);
})();
