/* An entry of the spec, evaluated: its formula as a tree, its special values, correct rounding.

   A tree is a list: what it is, then its parts, as docs/_ext/actinit_site/evaluator.py writes it. */
"use strict";

(function (actinit) {
  const {
    Reals, compare, end, isInfinite, isPoint, negated, point, shifted, sign, top, bits: size,
  } = actinit.real;
  const { FORMATS, decimals, positional } = actinit.formats;
  const { Slopes } = actinit.slopes;

  // Bits asked for at each try (Ziv's strategy). A tie of silu's smallest results needs 1100.
  const PRECISIONS = [128, 384, 1152, 3456, 10368];
  // As near to a place as that part of it are its two sides; to 0, as 2**-BESIDE_ZERO.
  const BESIDE = 200;
  const BESIDE_ZERO = 20000;
  // A decimal with a longer exponent says less than a power of two.
  const WRITTEN_OUT = 2 ** 20;

  const ARITHMETIC = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power" };
  // Of the signs that a comparison of two ends may have: what makes it true, what makes it false.
  const RELATIONS = {
    "<": (a, b) => (compare(a.hi, b.lo) < 0 ? true : compare(a.lo, b.hi) >= 0 ? false : undefined),
    "<=": (a, b) => (compare(a.hi, b.lo) <= 0 ? true : compare(a.lo, b.hi) > 0 ? false : undefined),
    ">": (a, b) => RELATIONS["<"](b, a),
    ">=": (a, b) => RELATIONS["<="](b, a),
    "==": (a, b) => {
      if (isPoint(a) && isPoint(b) && compare(a.lo, b.lo) === 0) return true;
      return compare(a.hi, b.lo) < 0 || compare(b.hi, a.lo) < 0 ? false : undefined;
    },
  };

  // What conditions call inf: beyond every number.
  const BEYOND = point({ m: 1n, e: Infinity });

  /** Enclose what a tree is worth; `names` is a function from a name to its interval. */
  function evaluate(tree, names, reals) {
    const [what, ...parts] = tree;
    if (what === "ratio") return reals.ratio(BigInt(parts[0]), BigInt(parts[1]));
    if (what === "name" && parts[0] === "pi") return reals.pi();
    if (what === "name" && parts[0] === "inf") return BEYOND;
    if (what === "name") return names(parts[0]);
    const values = parts.map((part) => evaluate(part, names, reals));
    return reals[ARITHMETIC[what] ?? what](...values);
  }

  /** Whether a condition holds: true, false, or undefined if the enclosures leave it open. */
  function holds(tree, names, reals) {
    const [what, ...parts] = tree;
    if (what === "and" || what === "or") {
      const found = parts.map((part) => holds(part, names, reals));
      const deciding = what === "or";
      if (found.includes(deciding)) return deciding;
      return found.includes(undefined) ? undefined : !deciding;
    }
    const [left, right] = parts.map((part) => evaluate(part, names, reals));
    return RELATIONS[what](left, right);
  }

  class Entry {
    constructor(data) {
      Object.assign(this, data);
    }

    /** Enclose the value, the derivative or, as `second`, its own, at x, a number m * 2**e; null if
        no piece is sure to hold. Where pieces meet, the second one is that of the piece that holds. */
    enclose(part, x, parameters, reals) {
      const piece = this._piece(part === "second" ? "derivative" : part, x, parameters, reals);
      if (!piece) return null;
      if (part === "second") return this._withSlope(piece, x, parameters, reals).slope;
      return evaluate(piece.then, this._names({ ...parameters, x }, reals), reals);
    }

    /** The piece that holds at x; null if none is sure to. */
    _piece(part, x, parameters, reals) {
      const names = this._names({ ...parameters, x }, reals);
      for (const piece of this[part]) {
        const holding = piece.if === null || holds(piece.if, names, reals);
        if (holding === undefined) return null;
        if (holding) return piece;
      }
      return null;
    }

    /** Enclose what a piece is worth at x, and its slope. */
    _withSlope({ then }, x, parameters, reals) {
      const slopes = new Slopes(reals);
      const numbers = Object.entries(parameters).map(([name, value]) =>
        [name, slopes.constant(point(value))]);
      const found = new Map([...numbers, ["x", slopes.variable(point(x))]]);
      return evaluate(then, this._looked(found, slopes), slopes);
    }

    /** Whether there is no second derivative at x, since two pieces of the derivative that meet there
        differ in their values or in their slopes. */
    breaksAt(x, parameters) {
      const reals = new Reals(PRECISIONS[1]);
      const [left, right] = [-1n, 1n].map((direction) => {
        const beside = x.m === 0n
          ? end(direction, -BESIDE_ZERO)
          : end((x.m << BigInt(BESIDE)) + direction, x.e - BESIDE);
        return this._piece("derivative", beside, parameters, reals);
      });
      if (!left || !right || left === right) return false;
      const [below, above] = [left, right].map((piece) => this._withSlope(piece, x, parameters, reals));
      const apart = (a, b) => compare(a.hi, b.lo) < 0 || compare(b.hi, a.lo) < 0;
      return apart(below.value, above.value) || apart(below.slope, above.slope);
    }

    /** What names stand for: numbers, and terms, each evaluated once and when it is needed. */
    _names(numbers, reals) {
      const found = new Map(Object.entries(numbers).map(([name, value]) => [name, point(value)]));
      return this._looked(found, reals);
    }

    /** A function from a name to what stands for it, in one arithmetic or another. */
    _looked(found, reals) {
      const names = (name) => {
        if (!found.has(name)) found.set(name, evaluate(this.terms[name], names, reals));
        return found.get(name);
      };
      return names;
    }

    /** Whether a parameter is in its domain, with the others as they are. */
    accepts(parameter, parameters) {
      const reals = new Reals(PRECISIONS[0]);
      return holds(parameter.domain, this._names(parameters, reals), reals) === true;
    }

    /** The correctly rounded result at a number of a format, with what proves it.

        `bits` is the result, or null where nothing is stated or no precision settled it;
        `enclosure` contains the exact value, unless x is not finite; `open` says what the entry
        leaves open: "result", or "sign" of a zero. Of a second derivative, of which the entry states
        no special values, it may also be "limit", at an infinity, or "none" where there is none. */
    result(part, bits, parameters, format) {
      if (part === "second" && !format.isFinite(bits)) {
        return format.isNan(bits) ? { bits: format.nan, open: null } : { bits: null, open: "limit" };
      }
      if (part === "second" && this.breaksAt(format.value(bits), parameters)) {
        return { bits: null, open: "none" };
      }
      const stated = this._stated(part, bits, format);
      if (!format.isFinite(bits)) return this._limit(stated, parameters, format);
      const x = format.value(bits);
      let enclosure = null;
      for (const precision of PRECISIONS) {
        enclosure = this.enclose(part, x, parameters, new Reals(precision));
        const rounded = enclosure && settled(enclosure, format);
        if (rounded === null) continue;
        const unsure = sign(enclosure.lo) * sign(enclosure.hi) < 0;
        // Only what is exactly zero has no sign of its own.
        const unsigned = sign(enclosure.lo) === 0 && isPoint(enclosure);
        const free = unsure || stated === "any zero" || (part === "second" && unsigned);
        const open = format.isZero(rounded) && free ? "sign" : null;
        const zero = unsigned && typeof stated === "string" && format.parse(stated);
        return { bits: zero ? zero.bits : rounded, enclosure, precision, open };
      }
      // Next to nothing, and not told apart from it: a zero, of whichever sign.
      const nothing = enclosure && [enclosure.lo, enclosure.hi].every((a) => format.isZero(format.round(a)));
      const open = nothing ? "sign" : null;
      return { bits: nothing ? 0n : null, enclosure, precision: PRECISIONS.at(-1), open };
    }

    /** What the table of special values says of an input; undefined if it does not have it. */
    _stated(part, bits, format) {
      return this.special.find(({ x }) => {
        const stated = format.parse(x);
        return stated.exact && format.same(stated.bits, bits); // not every format has infinities
      })?.[part];
    }

    _limit(stated, parameters, format) {
      if (stated === undefined || stated === "any") return { bits: null, open: "result" };
      if (stated === "any zero") return { bits: 0n, open: "sign" };
      if (typeof stated === "string") return { bits: format.parse(stated).bits, open: null };
      for (const precision of PRECISIONS) {
        const reals = new Reals(precision);
        const enclosure = evaluate(stated, this._names(parameters, reals), reals);
        const bits = settled(enclosure, format);
        if (bits !== null) return { bits, enclosure, precision, open: null };
      }
      return { bits: null, open: null };
    }

    /** The ends of what conforms at a kink, if there is one at x; else null. */
    kinkAt(x, parameters) {
      const reals = new Reals(PRECISIONS[0]);
      const names = this._names(parameters, reals);
      for (const { at, when, take, accept } of this.kinks) {
        const there = evaluate(at, names, reals);
        if (when !== null && !holds(when, names, reals)) continue;
        if (!isPoint(there) || compare(there.lo, x) !== 0) continue;
        return { take, accept: accept.map((tree) => evaluate(tree, names, reals)) };
      }
      return null;
    }
  }

  /** The number that both ends are rounded to, and with them all between; null if they differ. */
  function settled(enclosure, format) {
    const low = format.round(enclosure.lo);
    const high = format.round(enclosure.hi);
    if (low === high) return low;
    if (!format.isZero(low) || !format.isZero(high)) return null;
    // One end may be 0 itself, which has no sign; the exact value has.
    if (sign(enclosure.hi) <= 0) return format.signBit;
    // Two terms of either sign that are both next to nothing: more bits would not tell.
    const hopeless = Math.max(top(enclosure.lo), top(enclosure.hi)) < -WRITTEN_OUT;
    return sign(enclosure.lo) >= 0 || hopeless ? 0n : null;
  }

  /** The decimal digits, at most `count`, that both ends agree on: {text, exact}. */
  function digits(enclosure, count) {
    if (sign(enclosure.lo) === 0 && isPoint(enclosure)) return { text: "0", exact: true };
    const outer = sign(enclosure.hi) <= 0 ? enclosure.lo : enclosure.hi;
    const minus = sign(enclosure.hi) <= 0 ? "-" : "";
    if (!(Math.abs(top(enclosure.lo)) < WRITTEN_OUT && Math.abs(top(outer)) < WRITTEN_OUT)) {
      const bound = top(outer);
      if (bound < 0) return { text: `between 0 and ${minus}2^${bound}`, exact: false };
      const inner = minus ? enclosure.hi : enclosure.lo;
      return { text: `beyond ${minus}2^${top(inner) - 1}`, exact: false };
    }
    if (sign(enclosure.lo) * sign(enclosure.hi) <= 0) return { text: "", exact: false };
    for (let wanted = count; wanted > 0; wanted -= 1) {
      const [low, high] = [enclosure.lo, enclosure.hi].map((a) => decimals(positive(a), wanted));
      if (low[0][0] !== high[0][0] || low[0][1] !== high[0][1]) continue;
      const text = positional(low[0][0].toString(), low[0][1]);
      return { text: minus + text, exact: isPoint(enclosure) && low.length === 1 };
    }
    return { text: "", exact: false };
  }

  const positive = (a) => end(a.m < 0n ? -a.m : a.m, a.e);

  /** A number near the middle of an interval, to a few digits. */
  function about(enclosure) {
    if (isInfinite(enclosure.lo) || isInfinite(enclosure.hi)) return NaN;
    const [low, high] = [enclosure.lo, enclosure.hi].map((a) => {
      const extra = Math.max(0, size(a.m) - 60);
      return Number(shifted(a.m, -extra)) * 2 ** (a.e + extra);
    });
    return (low + high) / 2;
  }

  /** |got - exact| in ulp of the exact value, as conformance/error/metric.py defines it: an infinity counts
      as the first number beyond the format, and is an error that no ulp measures (NaN) where the
      exact value is in range by more than an ulp. So does nan in a format without infinities. */
  function error(got, enclosure, format) {
    if (format.infinities && format.isNan(got)) return NaN;
    const reals = new Reals(PRECISIONS[0]);
    const { beyond } = format;
    const within = reals.min(reals.max(enclosure, point(negated(beyond))), point(beyond));
    const overflowed = !format.isFinite(got);
    const value = overflowed ? beyond : format.value(format.magnitude(got));
    // A nan that stands for an infinity has the sign of what is right.
    const negative = format.isNan(got) ? sign(within.lo) < 0 : format.isNegative(got);
    const signed = negative ? negated(value) : value;
    const unit = end(1, Math.min(format.ulpExponent(within.lo), format.emax - format.stored));
    const difference = reals.abs(reals.subtract(point(signed), within));
    const found = about(reals.divide(difference, point(unit)));
    const inRange = compare(reals.abs(within).hi, beyond) < 0;
    return overflowed && inRange && found > 1 ? NaN : found;
  }

  actinit.formula = { Entry, about, digits, error, evaluate, settled };
})((globalThis.actinit ??= {}));
