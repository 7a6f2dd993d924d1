/* Real numbers as intervals that are proven to contain them, to any number of bits.

   An end of an interval is m * 2**e with a BigInt m and an integer e, or an infinity. Every
   operation rounds the lower end down and the upper end up, so that what comes out contains every
   result of what went in. But for abs, the functions of the formula language are monotone: it is
   enough to enclose them at the two ends. How far an approximation is off is counted along the way, in units
   of its last place, and never estimated. */
"use strict";

(function (actinit) {
  // Ends beyond 2**±LIMIT are not told apart: an upper end above becomes infinite, and so on.
  const LIMIT = 2 ** 41;
  // exp of more than 2**40 is only said to be above 2**2**40, which is what it exceeds.
  const FAR = 40;
  const INFINITY = { m: 1n, e: Infinity };
  const MINUS_INFINITY = { m: -1n, e: Infinity };
  const DOWN = -1;
  const UP = 1;

  // -- Ends: single numbers m * 2**e -------------------------------------------------------------

  const end = (m, e) => ({ m: BigInt(m), e });
  const ZERO = end(0, 0);
  const ONE = end(1, 0);
  const TWO = end(2, 0);

  const absolute = (m) => (m < 0n ? -m : m);
  const sign = (a) => (a.m > 0n ? 1 : a.m < 0n ? -1 : 0);
  const negated = (a) => ({ m: -a.m, e: a.e });
  const isInfinite = (a) => a.e === Infinity;

  /** The number of bits of |m|. */
  function bits(m) {
    const digits = absolute(m).toString(16);
    return m === 0n ? 0 : 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28;
  }

  /** The t for which 2**(t - 1) <= |a| < 2**t; minus infinity at zero. */
  const top = (a) => (a.m === 0n ? -Infinity : bits(a.m) + a.e);

  const shifted = (m, by) => (by >= 0 ? m << BigInt(by) : m >> BigInt(-by));

  /** Round m * 2**e to so many bits, down or up. */
  function rounded(m, e, precision, direction) {
    const size = bits(m);
    if (size && Math.abs(size + e) > LIMIT) return beyond(m, size + e, direction);
    const extra = size - precision;
    if (extra <= 0) return { m, e };
    const by = BigInt(extra);
    return { m: direction < 0 ? m >> by : -(-m >> by), e: e + extra };
  }

  /** What stands for a number too large or too small to be held, on its side. */
  function beyond(m, size, direction) {
    const outward = m > 0n === direction > 0;
    const unit = m > 0n ? 1n : -1n;
    if (size < 0) return outward ? { m: unit, e: -LIMIT } : ZERO;
    return outward ? { m: unit, e: Infinity } : { m: unit, e: LIMIT };
  }

  function compare(a, b) {
    if (sign(a) !== sign(b) || sign(a) === 0) return sign(a) - sign(b);
    const [over, under] = [top(a), top(b)];
    if (over !== under) return over > under ? sign(a) : -sign(a);
    if (isInfinite(a)) return 0;
    const low = Math.min(a.e, b.e);
    const left = a.m << BigInt(a.e - low);
    const right = b.m << BigInt(b.e - low);
    return left > right ? 1 : left < right ? -1 : 0;
  }

  function plus(a, b, precision, direction) {
    if (isInfinite(a)) return a; // a sum of opposite infinities cannot come up: see Interval
    if (isInfinite(b)) return b;
    if (a.m === 0n) return rounded(b.m, b.e, precision, direction);
    if (b.m === 0n) return rounded(a.m, a.e, precision, direction);
    const [large, small] = top(a) >= top(b) ? [a, b] : [b, a];
    const floor = Math.min(large.e, top(large) - precision) - 4;
    if (top(small) <= floor) {
      // Too small to be written out beside the other: its place is taken by a number at least as
      // far in the direction of the rounding, by nothing or by 2**floor.
      const nudge = sign(small) === direction ? BigInt(direction) : 0n;
      return rounded(shifted(large.m, large.e - floor) + nudge, floor, precision, direction);
    }
    const low = Math.min(a.e, b.e);
    return rounded(shifted(a.m, a.e - low) + shifted(b.m, b.e - low), low, precision, direction);
  }

  /** The product, exact; an infinite end is never reached, so that 0 times it is 0. */
  function product(a, b) {
    if (a.m === 0n || b.m === 0n) return ZERO;
    if (isInfinite(a) || isInfinite(b)) return { m: BigInt(sign(a) * sign(b)), e: Infinity };
    return { m: a.m * b.m, e: a.e + b.e };
  }

  /** The quotient by b > 0. */
  function over(a, b, precision, direction) {
    if (a.m === 0n || isInfinite(a)) return a;
    if (isInfinite(b)) return ZERO; // asked for only as the end on the side of zero
    const by = Math.max(0, precision + 2 + bits(b.m) - bits(a.m));
    const above = a.m << BigInt(by);
    let quotient = above / b.m;
    const inexact = quotient * b.m !== above;
    // BigInt's quotient is cut off towards zero.
    if (inexact && sign(a) === direction) quotient += BigInt(direction);
    return rounded(quotient, a.e - b.e - by, precision, direction);
  }

  /** The largest integer whose square is at most n, by Newton's iteration from above. */
  function integerRoot(n) {
    if (n < 2n) return n;
    let root = 1n << BigInt((bits(n) + 1) >> 1);
    for (;;) {
      const next = (root + n / root) >> 1n;
      if (next >= root) return root;
      root = next;
    }
  }

  // -- Fixed point: integers in units of 2**-places, with the units they may be off -----------

  /** a in units of 2**-places, cut off: less than one unit too small. */
  const fixed = (a, places) => shifted(a.m, a.e + places);

  const CONSTANTS = {
    // Machin, 1706; and the like for the hyperbolic functions. Of [factor, q] the sum of
    // factor * artan(1 / q) is meant: the circular one for pi, the hyperbolic one for log(2).
    pi: { sign: -1n, parts: [[16n, 5n], [-4n, 239n]] },
    log2: { sign: 1n, parts: [[18n, 26n], [-2n, 4801n], [8n, 8749n]] },
  };
  const known = {};

  /** pi or log(2) in units of 2**-places, at most 2 units off; kept for the next time. */
  function constant(name, places) {
    const kept = known[name];
    if (kept && kept.places >= places) return kept.value >> BigInt(kept.places - places);
    // Each of fewer than `places` terms is less than 2 units off, times at most 18: 32 bits are
    // more than these errors come to, below the unit that is returned.
    const guard = 32;
    let total = 0n;
    for (const [factor, q] of CONSTANTS[name].parts) {
      let power = (1n << BigInt(places + guard)) / q;
      for (let n = 1n; power !== 0n; n += 2n) {
        total += (factor * power) / n;
        power = (CONSTANTS[name].sign * power) / (q * q);
      }
    }
    known[name] = { places, value: total >> BigInt(guard) };
    return known[name].value;
  }

  /** exp(t) for |t| <= 1 in units of 2**-places that is `off` units off: {value, off, places}. */
  function exponential(t, off, places) {
    // exp(t) = exp(t / 2**k)**(2**k): about as many squarings as terms.
    const k = Math.floor(Math.sqrt(places)) + 4;
    const work = places + k + 16;
    const unit = BigInt(work);
    const r = (t << BigInt(work - places)) >> BigInt(k);
    let total = 1n << unit;
    let term = total;
    let n = 0n;
    // |r| < 1/16, and each term is cut off twice: it is less than 3 units off.
    while (term !== 0n && term !== -1n) {
      n += 1n;
      term = ((term * r) >> unit) / n;
      total += term;
    }
    // 3 units a term; 8 for what was left out, which is less than twice a term that is cut off to
    // nothing; and exp changes by less than 2 units for each by which r is off.
    let error = 3n * n + 8n + 2n * (1n + shifted(off, work - places - k) + 1n);
    for (let i = 0; i < k; i += 1) {
      error = ((2n * total * error + error * error) >> unit) + 2n;
      total = (total * total) >> unit;
    }
    return { value: total, off: error, places: work };
  }

  /** 2 artanh(z) for |z| <= 1/16 in units of 2**-places, `off` units off: the same. */
  function twiceArtanh(z, off, places) {
    const unit = BigInt(places);
    const square = (z * z) >> unit;
    let power = z;
    let total = 0n;
    let n = 1n;
    // Each term is cut off three times, and inherits less than a unit from those before it.
    for (; power !== 0n && power !== -1n; n += 2n) {
      total += power / n;
      power = (power * square) >> unit;
    }
    // The slope of artanh is below 1.01 there; what was left out is less than a term.
    return { value: 2n * total, off: 4n * n + 3n * off + 8n, places };
  }

  // -- Intervals ------------------------------------------------------------------------------

  /** From lo to hi. The lower end is never plus infinity nor the upper one minus infinity. */
  const interval = (lo, hi) => ({ lo, hi });
  const point = (a) => interval(a, a);
  const isPoint = (i) => compare(i.lo, i.hi) === 0;
  const ANYTHING = interval(MINUS_INFINITY, INFINITY);

  /** Arithmetic to so many bits. */
  class Reals {
    constructor(precision) {
      this.precision = precision;
    }

    _outward(lo, hi) {
      return interval(
        rounded(lo.m, lo.e, this.precision, DOWN),
        rounded(hi.m, hi.e, this.precision, UP),
      );
    }

    /** An approximation in fixed point, times 2**scale. */
    _around({ value, off, places }, scale = 0) {
      return this._outward(
        { m: value - off, e: scale - places },
        { m: value + off, e: scale - places },
      );
    }

    /** Apply an increasing function, given as what encloses it at a number. */
    _increasing(a, at) {
      if (isPoint(a)) return at(a.lo);
      return interval(at(a.lo).lo, at(a.hi).hi);
    }

    /** The quotient of two integers. */
    ratio(numerator, denominator) {
      return this.divide(point(end(numerator, 0)), point(end(denominator, 0)));
    }

    pi() {
      const places = this.precision + 4;
      return this._around({ value: constant("pi", places), off: 2n, places });
    }

    negate(a) {
      return interval(negated(a.hi), negated(a.lo));
    }

    add(a, b) {
      return interval(
        plus(a.lo, b.lo, this.precision, DOWN),
        plus(a.hi, b.hi, this.precision, UP),
      );
    }

    subtract(a, b) {
      return this.add(a, this.negate(b));
    }

    multiply(a, b) {
      const products = [product(a.lo, b.lo), product(a.lo, b.hi), product(a.hi, b.lo)];
      products.push(product(a.hi, b.hi));
      products.sort(compare);
      return this._outward(products[0], products[3]);
    }

    divide(a, b) {
      if (sign(b.hi) < 0) return this.divide(this.negate(a), this.negate(b));
      if (sign(b.lo) <= 0) return ANYTHING; // the divisor may be 0: nothing is known
      return interval(
        over(a.lo, sign(a.lo) >= 0 ? b.hi : b.lo, this.precision, DOWN),
        over(a.hi, sign(a.hi) >= 0 ? b.lo : b.hi, this.precision, UP),
      );
    }

    /** a**b: products for a whole b, else exp(b log(a)). */
    power(a, b) {
      const whole = isPoint(b) && !isInfinite(b.lo) ? this._whole(b.lo) : null;
      if (whole === null) return this.exp(this.multiply(b, this.log(a)));
      if (whole < 0) return this.divide(point(ONE), this.power(a, this.negate(b)));
      if (whole % 2 === 0 && sign(a.hi) > 0 && sign(a.lo) < 0) {
        return this.power(interval(ZERO, this.abs(a).hi), b);
      }
      let found = point(ONE);
      // Of one sign: products of ends are ends of the power. Across zero, an odd power comes out
      // wider than need be.
      for (let i = 0; i < whole; i += 1) found = this.multiply(found, a);
      return found;
    }

    _whole(a) {
      if (top(a) > 20) return null;
      const value = shifted(a.m, a.e);
      return compare(a, end(value, 0)) === 0 ? Number(value) : null;
    }

    abs(a) {
      if (sign(a.lo) >= 0) return a;
      if (sign(a.hi) <= 0) return this.negate(a);
      return interval(ZERO, this.max(a, this.negate(a)).hi);
    }

    max(a, b) {
      const larger = (x, y) => (compare(x, y) >= 0 ? x : y);
      return interval(larger(a.lo, b.lo), larger(a.hi, b.hi));
    }

    min(a, b) {
      return this.negate(this.max(this.negate(a), this.negate(b)));
    }

    ceil(a) {
      const at = (x) => (x.e >= 0 ? point(x) : point(end(-shifted(-x.m, x.e), 0)));
      return this._increasing(a, at);
    }

    sqrt(a) {
      if (sign(a.lo) < 0) return ANYTHING;
      return this._increasing(a, (x) => this._sqrtAt(x));
    }

    _sqrtAt(x) {
      if (x.m === 0n || isInfinite(x)) return point(x);
      let by = Math.max(0, 2 * this.precision + 4 - bits(x.m));
      if ((x.e - by) % 2 !== 0) by += 1;
      const square = x.m << BigInt(by);
      const root = integerRoot(square);
      const above = root * root === square ? root : root + 1n;
      const e = (x.e - by) / 2;
      return this._outward({ m: root, e }, { m: above, e });
    }

    exp(a) {
      return this._increasing(a, (x) => this._expAt(x));
    }

    _expAt(x) {
      if (x.m === 0n) return point(ONE);
      if (top(x) > FAR) {
        // exp(x) > 2**x for x > 0.
        const far = 2 ** FAR;
        return x.m > 0n ? interval(end(1, far), INFINITY) : interval(ZERO, end(1, -far));
      }
      const p = this.precision;
      if (top(x) < -p - 1) {
        // |exp(x) - 1| <= 2 |x| < 2**-p
        const one = 1n << BigInt(p);
        return x.m > 0n
          ? interval(ONE, end(one + 1n, -p))
          : interval(end(one - 1n, -p), ONE);
      }
      // exp(x) = 2**n exp(x - n log(2)); log(2) has as many bits more as n has.
      const places = p + 8 + Math.max(0, top(x)) + 4;
      const wanted = fixed(x, places);
      const log2 = constant("log2", places);
      const n = (2n * wanted + log2) / (2n * log2) - (wanted < 0n ? 1n : 0n);
      const near = exponential(wanted - n * log2, 2n + 2n * absolute(n), places);
      return this._around(near, Number(n));
    }

    expm1(a) {
      return this._increasing(a, (x) => this._expm1At(x));
    }

    _expm1At(x) {
      if (x.m === 0n) return point(ZERO);
      const p = this.precision;
      // x <= exp(x) - 1 <= x + x**2 for x <= 1
      if (top(x) < -p) return this._outward(x, plus(x, product(x, x), p, UP));
      if (top(x) > 0) return this.subtract(new Reals(p + 4)._expAt(x), point(ONE));
      const places = p + 8 - top(x);
      const near = exponential(fixed(x, places), 1n, places);
      return this._around({ ...near, value: near.value - (1n << BigInt(near.places)) });
    }

    log(a) {
      if (sign(a.hi) < 0) return ANYTHING;
      return this._increasing(a, (x) => this._logAt(x));
    }

    _logAt(x) {
      if (sign(x) <= 0) return ANYTHING;
      if (isInfinite(x)) return point(x);
      if (top(x) === 0 || top(x) === 1) {
        const above = plus(x, negated(ONE), Infinity, DOWN);
        if (top(above) < -4) return this._nearOne(above);
      }
      // x = 2**k f with f from about 0.7 to 1.4
      let k = top(x);
      const places = this.precision + 16 + bits(BigInt(k));
      let f = fixed({ m: x.m, e: x.e - k }, places);
      let estimate = Math.log(Number(f >> BigInt(places - 60)) * 2 ** -60);
      if (estimate < -0.35) {
        k -= 1;
        f *= 2n;
        estimate += Math.LN2;
      }
      // log(f) = y + log(f exp(-y)) for every y; for a good one the last term is nearly nothing.
      const y = BigInt(Math.round(estimate * 2 ** 40)) << BigInt(places - 40);
      const divisor = exponential(-y, 0n, places);
      const back = BigInt(divisor.places);
      const left = ((f * divisor.value) >> back) - (1n << BigInt(places));
      // Nobody vouches for Math.log; were it wrong, the series below would not be that of log(f).
      if (absolute(left) >> BigInt(places - 4) !== 0n) return ANYTHING;
      // f is 2 units off at most, and what it is multiplied by is below 2.
      const off = ((f * divisor.off) >> back) + 8n;
      const rest = this._artanhOf(left, off, places);
      const value = BigInt(k) * constant("log2", places) + y + rest.value;
      return this._around({ value, off: rest.off + 2n * BigInt(Math.abs(k)), places });
    }

    /** log(1 + t) = 2 artanh(t / (2 + t)) for |t| <= 1/16, in fixed point. */
    _artanhOf(t, off, places) {
      const unit = BigInt(places);
      const z = (t << unit) / ((2n << unit) + t);
      return twiceArtanh(z, off + 1n, places); // the slope of t / (2 + t) is below 1
    }

    /** log(1 + x) for |x| < 1/16, to the full number of bits however small it is. */
    _nearOne(x) {
      if (x.m === 0n) return point(ZERO);
      const p = this.precision;
      // x - x**2 <= log(1 + x) <= x
      if (top(x) < -p) return this._outward(plus(x, negated(product(x, x)), p, DOWN), x);
      const places = p + 16 - top(x);
      return this._around(this._artanhOf(fixed(x, places), 1n, places));
    }

    log1p(a) {
      return this._increasing(a, (x) => {
        if (top(x) < -4) return this._nearOne(x);
        const wide = new Reals(this.precision + 8);
        const above = wide.add(point(x), point(ONE));
        return this._outwardOf(wide.log(above));
      });
    }

    _outwardOf(a) {
      return this._outward(a.lo, a.hi);
    }

    tanh(a) {
      return this._increasing(a, (x) => this._tanhAt(x));
    }

    _tanhAt(x) {
      if (x.m < 0n) return this.negate(this._tanhAt(negated(x)));
      const wide = new Reals(this.precision + 8);
      const u = wide._expm1At({ m: x.m, e: x.e + 1 });
      // u / (u + 2) grows with u
      const at = (v) => {
        if (isInfinite(v)) return point(ONE);
        return wide.divide(point(v), wide.add(point(v), point(TWO)));
      };
      return this._outwardOf(wide._increasing(u, at));
    }

    erf(a) {
      return this._increasing(a, (x) => this._erfAt(x));
    }

    _erfAt(x) {
      if (x.m < 0n) return this.negate(this._erfAt(negated(x)));
      if (x.m === 0n) return point(ZERO);
      if (exponentBits(x) > this.precision + 24) {
        const few = new Reals(32);
        return this.subtract(point(ONE), few._erfcAt(x)); // 1 less next to nothing
      }
      // erf(x) = 2 x / sqrt(pi) exp(-x**2) (1 + 2 x**2 / 3 + (2 x**2)**2 / (3 * 5) + ...): terms
      // of one sign, so that nothing cancels.
      const wide = new Reals(this.precision + 16);
      const square = product(x, x);
      const sum = wide._around(risingSum({ m: square.m, e: square.e + 1 }, wide.precision + 8));
      const bell = wide.multiply(wide._expAt(negated(square)), point({ m: x.m, e: x.e + 1 }));
      return this._outwardOf(
        wide.divide(wide.multiply(bell, sum), wide.sqrt(wide.pi())),
      );
    }

    erfc(a) {
      return this.negate(this._increasing(a, (x) => this.negate(this._erfcAt(x))));
    }

    _erfcAt(x) {
      if (sign(x) <= 0) return this.add(point(ONE), this._erfAt(negated(x)));
      const p = this.precision;
      const lost = exponentBits(x);
      if (lost <= p + 24) {
        // 1 - erf(x) with as many bits more as cancel: erfc(x) > exp(-x**2) / (3 x + 3)
        const wide = new Reals(p + 8 + Math.ceil(lost) + Math.max(0, top(x)) + 4);
        return this.subtract(point(ONE), wide._erfAt(x));
      }
      // exp(-x**2) / (x sqrt(pi)) (1 - 1 / (2 x**2) + 3 / (2 x**2)**2 - ...)
      const wide = new Reals(p + 16);
      if (isInfinite(x)) return interval(ZERO, end(1, -LIMIT));
      const square = product(x, x);
      const bell = wide._expAt(negated(square));
      const sum = wide._around(fallingSum({ m: square.m, e: square.e + 1 }, wide.precision + 8));
      const below = wide.multiply(wide.sqrt(wide.pi()), point(x));
      return this._outwardOf(wide.divide(wide.multiply(bell, sum), below));
    }
  }

  /** The bits between 1 and exp(-x**2), rounded down roughly: how many 1 - erf(x) loses. */
  function exponentBits(x) {
    if (top(x) > 500) return Infinity;
    const size = Math.max(0, bits(x.m) - 60);
    const near = Number(x.m >> BigInt(size)) * 2 ** Math.max(-1000, x.e + size);
    return near * near * Math.LOG2E;
  }

  /** 1 + u / 3 + u**2 / (3 * 5) + ... for u >= 0: {value, off, places}. */
  function risingSum(u, places) {
    const unit = BigInt(places);
    const factor = fixed(u, places);
    let term = 1n << unit;
    let off = 0n;
    let total = term;
    let error = 0n;
    for (let n = 3n; ; n += 2n) {
      // The factor is less than a unit too small; 3 for what is cut off here and below.
      off = ((off * (factor + 1n) + term) >> unit) / n + 3n;
      term = ((term * factor) >> unit) / n;
      total += term;
      error += off;
      // From here on each term is less than half of the one before it.
      if (term <= 1n && n << unit > 2n * factor) break;
    }
    return { value: total, off: error + term + 2n * off + 2n, places };
  }

  /** 1 - 1 / u + 1 * 3 / u**2 - ... for u > 0, cut off before the terms grow: the same. */
  function fallingSum(u, places) {
    const unit = BigInt(places);
    // 1 / u, less than 2 units off; 0 where u is beyond them.
    const far = Math.max(0, top(u) - places - 8);
    const factor = far ? 0n : (1n << (2n * unit)) / fixed(u, places);
    let term = 1n << unit;
    let off = 0n;
    let total = term;
    let error = 0n;
    for (let n = 1n; ; n += 2n) {
      const before = absolute(term);
      off = (((off * (factor + 2n) + 2n * before) * n) >> unit) + 2n;
      term = -((term * n * factor) >> unit);
      // The series is alternating and what is left out of it smaller than its first term, wherever
      // one stops.
      if (absolute(term) <= 1n || absolute(term) >= before) break;
      total += term;
      error += off;
    }
    return { value: total, off: error + absolute(term) + off + 2n, places };
  }

  actinit.real = {
    Reals, INFINITY, MINUS_INFINITY, ZERO, ONE,
    absolute, bits, compare, end, interval, isInfinite, isPoint, negated, point, sign, shifted, top,
  };
})((globalThis.actinit ??= {}));
