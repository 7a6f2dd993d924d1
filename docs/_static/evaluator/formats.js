/* Numbers of the binary formats: from a text, to a text, to their neighbours; exact throughout.

   A number is its bit pattern, a BigInt: signed zeros and nans are then what they are. */
"use strict";

(function (actinit) {
  const { absolute, bits: size, compare, end, isInfinite, shifted, top, ZERO } = actinit.real;

  class Format {
    constructor(name, width, precision, emin, emax, infinities = true) {
      Object.assign(this, { name, width, precision, emin, emax, infinities });
      this.stored = precision - 1;
      this.signBit = 1n << BigInt(width - 1);
      const highest = ((1n << BigInt(width - precision)) - 1n) << BigInt(this.stored);
      // What comes after the largest number: without infinities the one nan of its sign.
      this.overflow = infinities ? highest : this.signBit - 1n;
      this.nan = infinities ? highest | (1n << BigInt(this.stored - 1)) : this.overflow;
      this.largest = this.overflow - 1n;
    }

    /** The first number that the format does not have, as m * 2**e. */
    get beyond() {
      const significand = (1n << BigInt(this.precision)) - (this.infinities ? 0n : 1n);
      return end(significand, this.emax - this.stored);
    }

    isNegative(bits) {
      return (bits & this.signBit) !== 0n;
    }

    magnitude(bits) {
      return bits & (this.signBit - 1n);
    }

    isNan(bits) {
      const magnitude = this.magnitude(bits);
      return this.infinities ? magnitude > this.overflow : magnitude === this.overflow;
    }

    isInfinite(bits) {
      return this.infinities && this.magnitude(bits) === this.overflow;
    }

    isFinite(bits) {
      return this.magnitude(bits) < this.overflow;
    }

    isZero(bits) {
      return this.magnitude(bits) === 0n;
    }

    negated(bits) {
      return bits ^ this.signBit;
    }

    /** The value of a finite number as m * 2**e. */
    value(bits) {
      const magnitude = this.magnitude(bits);
      const exponent = Number(magnitude >> BigInt(this.stored));
      const fraction = magnitude & ((1n << BigInt(this.stored)) - 1n);
      const m = exponent ? fraction | (1n << BigInt(this.stored)) : fraction;
      const e = Math.max(exponent, 1) - 1 + this.emin - this.stored;
      return end(this.isNegative(bits) ? -m : m, e);
    }

    /** The exponent of the unit in the last place at a number m * 2**e. */
    ulpExponent(a) {
      return Math.max(top(a) - 1, this.emin) - this.stored;
    }

    /** Round m * 2**e to the nearest number, ties to even; a zero has the sign of what it was. */
    round(a) {
      const sign = a.m < 0n ? this.signBit : 0n;
      if (a.m === 0n) return sign;
      if (isInfinite(a) || top(a) > this.emax + 2) return sign | this.overflow;
      if (top(a) < this.emin - this.precision - 1) return sign;
      const unit = this.ulpExponent(a);
      // Twice the steps, and one more if anything is cut off: enough to see a tie.
      const doubled = shifted(absolute(a.m), a.e - unit + 1);
      const rest = shifted(doubled, unit - 1 - a.e) === absolute(a.m) || a.e >= unit - 1 ? 0n : 1n;
      let steps = doubled >> 1n;
      if (doubled & 1n && (rest || steps & 1n)) steps += 1n;
      // Steps that reach the next binade carry into the exponent by themselves.
      const exponent = BigInt(unit + this.stored - this.emin);
      const found = steps + (exponent << BigInt(this.stored));
      return sign | (found < this.overflow ? found : this.overflow);
    }

    /** Round numerator / denominator, for a denominator above 0. */
    roundRatio(numerator, denominator) {
      const by = this.precision + 4 + Math.max(0, size(denominator) - size(numerator));
      const above = absolute(numerator) << BigInt(by);
      let m = above / denominator;
      // What is left over can only matter beside a tie, where any little more does.
      m = 2n * m + (m * denominator === above ? 0n : 1n);
      return this.round(end(numerator < 0n ? -m : m, -by - 1));
    }

    /** The neighbour above (+1) or below (-1); both zeros count as one number. */
    next(bits, direction) {
      if (this.isNan(bits)) return bits;
      if (this.isZero(bits)) return direction > 0 ? 1n : this.signBit | 1n;
      const outward = this.isNegative(bits) === direction < 0;
      const last = this.infinities ? this.overflow : this.largest;
      if (outward) return this.magnitude(bits) === last ? bits : bits + 1n;
      return bits - 1n;
    }

    /** Whether two patterns are the same result: any nan is nan. */
    same(a, b) {
      return a === b || (this.isNan(a) && this.isNan(b));
    }

    /** The shortest decimal that is rounded to this number, written as Python writes it. */
    decimal(bits) {
      if (this.isNan(bits)) return "nan";
      const sign = this.isNegative(bits) ? "-" : "";
      if (this.isInfinite(bits)) return `${sign}inf`;
      if (this.isZero(bits)) return `${sign}0.0`;
      const magnitude = this.magnitude(bits);
      const value = this.value(magnitude);
      for (let count = 1; ; count += 1) {
        // The nearest decimal of so many digits may be too far where the one on the other side,
        // at the lower end of a binade, is not.
        for (const [digits, exponent] of decimals(value, count)) {
          const [above, below] = scaled(digits, exponent - count + 1);
          if (this.roundRatio(above, below) === magnitude) {
            return sign + positional(digits.toString(), exponent);
          }
        }
      }
    }

    /** C's hexadecimal notation, as Python's float.hex writes it for the same number. */
    hexadecimal(bits) {
      if (!this.isFinite(bits)) return this.decimal(bits);
      const sign = this.isNegative(bits) ? "-" : "";
      if (this.isZero(bits)) return `${sign}0x0.0p+0`;
      const { m, e } = this.value(this.magnitude(bits));
      const exponent = Math.max(size(m) + e - 1, FORMATS.float64.emin);
      const digits = shifted(m, e - exponent + 52);
      const fraction = (digits & ((1n << 52n) - 1n)).toString(16).padStart(13, "0");
      return `${sign}0x${digits >> 52n}.${fraction}p${exponent < 0 ? "" : "+"}${exponent}`;
    }

    /** The bit pattern, in hexadecimal digits. */
    pattern(bits) {
      return bits.toString(16).padStart(this.width / 4, "0");
    }

    /** The bits by their parts: sign, exponent, significand. */
    parts(bits) {
      const all = bits.toString(2).padStart(this.width, "0");
      return [all[0], all.slice(1, this.width - this.stored), all.slice(this.width - this.stored)];
    }

    /** Read a text: {bits, exact}, or null if it is no number.

        Decimals, quotients of them, C's hexadecimal notation, inf, nan, and a bit pattern: with
        "bits" before it, or as it is if it has all its digits and can be nothing else. */
    parse(text) {
      const found = text.trim().toLowerCase().replaceAll("−", "-").replace(/^\+/, "");
      if (found.length > 2000) return null;
      const pattern = /^bits\s*:?\s*(?:0x)?([0-9a-f]+)$/.exec(found);
      if (pattern) {
        const bits = BigInt(`0x${pattern[1]}`);
        return bits >> BigInt(this.width) ? null : { bits, exact: true };
      }
      const sign = found.startsWith("-") ? this.signBit : 0n;
      const bare = found.replace(/^-/, "");
      if (bare === "nan") return { bits: sign | this.nan, exact: true };
      if (bare === "inf" || bare === "infinity" || bare === "∞") {
        return { bits: sign | this.overflow, exact: this.infinities };
      }
      const magnitude = this._hexadecimal(bare) ?? this._quotient(bare);
      if (magnitude) return { bits: sign | magnitude.bits, exact: magnitude.exact };
      const whole = /^[0-9a-f]+$/.test(found) && found.length === this.width / 4;
      return whole ? { bits: BigInt(`0x${found}`), exact: true } : null;
    }

    _hexadecimal(text) {
      const found = /^0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d{1,9}))?$/.exec(text);
      if (!found || !(found[1] + found[2])) return null;
      const m = BigInt(`0x${found[1]}${found[2]}`);
      const value = m ? end(m, Number(found[3] ?? 0) - 4 * found[2].length) : ZERO;
      const bits = this.round(value);
      return { bits, exact: this.isFinite(bits) && compare(this.value(bits), value) === 0 };
    }

    /** A decimal, or a quotient of two such as 1/3. */
    _quotient(text) {
      const [above, below, ...more] = text.split("/").map((part) => decimal(part.trim()));
      if (!above || below === null || below?.digits === 0n || more.length) return null;
      if (above.digits === 0n) return { bits: 0n, exact: true };
      const leading = above.leading - (below?.leading ?? 1);
      // Beyond what any format holds, and beyond what one would want to write out.
      if (leading > 400) return { bits: this.overflow, exact: false };
      if (leading < -400) return { bits: 0n, exact: false };
      const power = above.exponent - (below?.exponent ?? 0);
      const [numerator, scale] = scaled(above.digits, power);
      const denominator = scale * (below?.digits ?? 1n);
      const bits = this.roundRatio(numerator, denominator);
      if (!this.isFinite(bits)) return { bits, exact: false };
      const { m, e } = this.value(bits);
      const exact = m * denominator * (1n << BigInt(Math.max(e, 0))) ===
        numerator * (1n << BigInt(Math.max(-e, 0)));
      return { bits, exact };
    }
  }

  /** Read a decimal above 0: {digits, exponent} of digits * 10**exponent; null if it is none. */
  function decimal(text) {
    const found = /^(\d*)\.?(\d*)(?:e([+-]?\d{1,9}))?$/.exec(text);
    if (!found || !(found[1] + found[2])) return null;
    const digits = BigInt(found[1] + found[2]);
    const exponent = Number(found[3] ?? 0) - found[2].length;
    return { digits, exponent, leading: digits.toString().length + exponent };
  }

  /** digits * 10**exponent as a quotient. */
  function scaled(digits, exponent) {
    const power = 10n ** BigInt(Math.abs(exponent));
    return exponent >= 0 ? [digits * power, 1n] : [digits, power];
  }

  /** The exponent of the first decimal digit of m * 2**e > 0. */
  function decimalExponent(a) {
    let exponent = Math.floor((top(a) - 1) * Math.LOG10E * Math.LN2) - 1;
    const reaches = (n) => {
      const [above, below] = scaled(1n, n);
      return shifted(a.m, Math.max(a.e, 0)) * below >= above << BigInt(Math.max(-a.e, 0));
    };
    while (reaches(exponent + 1)) exponent += 1;
    return exponent;
  }

  /** The two decimals of `count` digits beside m * 2**e > 0, the nearer first: [digits, exponent]. */
  function decimals(a, count) {
    const exponent = decimalExponent(a);
    const [times, per] = scaled(1n, count - 1 - exponent);
    const above = (a.m << BigInt(Math.max(a.e, 0))) * times;
    const below = per << BigInt(Math.max(-a.e, 0));
    const floor = above / below;
    const twice = 2n * (above - floor * below);
    const carried = floor + 1n === 10n ** BigInt(count);
    const ceiling = carried ? [10n ** BigInt(count - 1), exponent + 1] : [floor + 1n, exponent];
    if (twice === 0n) return [[floor, exponent]];
    const up = twice > below || (twice === below && floor & 1n);
    return up ? [ceiling, [floor, exponent]] : [[floor, exponent], ceiling];
  }

  /** Write digits as Python writes a float: with an exponent outside 1e-4 to 1e16. */
  function positional(digits, exponent) {
    const bare = digits.replace(/0+$/, "") || "0";
    if (exponent < -4 || exponent >= 16) {
      const power = Math.abs(exponent).toString().padStart(2, "0");
      const rest = bare.length > 1 ? `.${bare.slice(1)}` : "";
      return `${bare[0]}${rest}e${exponent < 0 ? "-" : "+"}${power}`;
    }
    if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${bare}`;
    const whole = bare.padEnd(exponent + 1, "0");
    return `${whole.slice(0, exponent + 1)}.${whole.slice(exponent + 1) || "0"}`;
  }

  const FORMATS = Object.fromEntries(
    [
      // The rows of spec/formats.toml; a test holds these to them.
      new Format("float8_e5m2", 8, 3, -14, 15),
      new Format("float8_e4m3fn", 8, 4, -6, 8, false),
      new Format("float16", 16, 11, -14, 15),
      new Format("bfloat16", 16, 8, -126, 127),
      new Format("float32", 32, 24, -126, 127),
      new Format("float64", 64, 53, -1022, 1023),
    ].map((format) => [format.name, format]),
  );

  actinit.formats = { FORMATS, decimals, positional };
})((globalThis.actinit ??= {}));
