/* On the page of results: the entries that are called what was looked for, by any of their names, and
   what is known of a name that no entry has. Names are compared as content/names.py writes them. */
"use strict";

(() => {
  const normal = (name) => name.replace(/[\s._\-]+/g, " ").trim().toLowerCase();

  /* The longest runs of words that are names of a table, none of which lies in another. */
  function named(asked, table) {
    const words = asked.split(" ");
    for (let length = words.length; length > 0; length -= 1) {
      const runs = words.slice(length - 1).map((_, at) => words.slice(at, at + length).join(" "));
      const found = runs.filter((run) => Object.hasOwn(table, run));
      if (found.length) return found;
    }
    return [];
  }

  function told(asked, { entries, missing }) {
    const whole = named(asked, entries);
    const lacking = named(asked, missing);
    const words = (names) => Math.max(0, ...names.map((name) => name.split(" ").length));
    if (whole.length && words(whole) >= words(lacking)) {
      const places = new Map(whole.flatMap((name) => entries[name]).map((one) => [one[0], one]));
      return make("ul", {}, ...[...places.values()].map(([href, name, summary]) =>
        make("li", {}, make("a", { href }, name), `: ${summary}`)));
    }
    if (lacking.length) {
      const [name, what] = missing[lacking[0]];
      const link = make("a", { href: `activations.html#not-yet/${name}` }, name);
      return make("p", {}, link, ` is not yet in the spec. ${what}`);
    }
    return make("p", {}, "Nothing in the spec has this name. ",
      make("a", { href: "activations.html" }, "All functions"), ", ",
      make("a", { href: "initializers.html" }, "initializers"), ", ",
      make("a", { href: "layers.html" }, "layers"), ".");
  }

  const asked = normal(new URLSearchParams(location.search).get("q") ?? "");
  if (!asked) return;
  const names = JSON.parse(document.getElementById("search-names").textContent);
  const section = make("section", { id: "search-entries", ariaLabel: "Entries of this name" });
  section.append(told(asked, names));
  document.getElementById("search-results").before(section);
})();
