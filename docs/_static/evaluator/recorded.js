/* What backends returned: at some inputs in every format, and at all of the formats of up to 16 bits.

   The latter lie in a file of their own, which is loaded when it is needed, as a script: browsers
   fetch nothing else from a folder. conformance/published/every.py writes them. */
"use strict";

(function (actinit) {
  const { FORMATS } = actinit.formats;

  class Recorded {
    constructor({ stored, every }) {
      this.some = unpacked(stored);
      this.file = every;
      this.all = null; // by format and part, once it is loaded
    }

    /** Whether every input of a format could be looked up, but is not loaded yet. */
    waitsFor(format) {
      return Boolean(this.file) && !this.all && format.width <= 16;
    }

    /** Load what there is of all inputs; it is not there where that fails. */
    async load() {
      const file = this.file;
      this.file = null; // asked for once
      try {
        await script(file);
        const found = Object.entries(actinit.every).map(async ([key, columns]) => {
          const format = FORMATS[key.split("/")[0]];
          const unpack = async ([backends, text]) => [backends, await differences(text, format)];
          return [key, await Promise.all(columns.map(unpack))];
        });
        this.all = Object.fromEntries(await Promise.all(found));
      } catch {
        this.all = {};
      }
    }

    /** The results at an input by backends that answered alike; null if nothing was recorded. */
    at(format, part, bits, right) {
      const key = `${format.name}/${part}`;
      const all = this.all?.[key];
      if (all) return all.map(([backends, column]) => [backends, added(column, bits, right, format)]);
      const some = this.some[key];
      const place = some ? some.x.findIndex((one) => format.same(one, bits)) : -1;
      if (place < 0) return null;
      return some.got
        .map(({ backends, results }) => [backends, results[place]])
        .filter(([, got]) => got !== null);
    }

    /** The inputs of a format that are stored one by one; empty if none are. */
    inputs(format, part) {
      return this.some[`${format.name}/${part}`]?.x ?? [];
    }
  }

  /** The result: what is stored is the difference from the right one, a zero or nan counting as 0. */
  function added(column, bits, right, format) {
    const known = right !== null && !format.isZero(right) && !format.isNan(right);
    const sum = column[Number(bits)] + (known ? Number(right) : 0);
    return BigInt(sum % 2 ** format.width);
  }

  async function differences(text, format) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const planes = new Uint8Array(await new Response(stream).arrayBuffer());
    if (format.width === 8) return planes;
    const half = planes.length / 2;
    return Uint16Array.from({ length: half }, (_, at) => planes[at] + 256 * planes[half + at]);
  }

  /** Load a script by a path from this page. */
  function script(file) {
    return new Promise((resolve, reject) => {
      const made = document.createElement("script");
      Object.assign(made, { src: file, onload: resolve, onerror: reject });
      document.head.append(made);
    });
  }

  /** Unpack strings of bit patterns of one width, dots where there is none. */
  function unpacked(packed) {
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

  actinit.recorded = { Recorded, added, differences };
})((globalThis.actinit ??= {}));
