/* Intervals with their slopes: the same arithmetic on a value and on its derivative at once, which
   makes of the formula of a derivative the second derivative, as conformance/oracle/formula.py does
   with power series.

   A pair has what encloses the value and what encloses the slope. One whose value is sure to be
   positive may also have a bound of its relative slope, slope / value: that of exp(z) is z', however
   large exp(z) is, and where a value is only known to be enormous nothing else is left of the two. */
"use strict";

(function (actinit) {
  const { ONE, ZERO, compare, end, interval, isInfinite, point, sign } = actinit.real;

  const NONE = point(ZERO);
  const TWO = point(end(2, 0));
  const FOUR = point(end(4, 0));

  const finite = ({ lo, hi }) => !isInfinite(lo) && !isInfinite(hi);
  const positive = ({ lo }) => sign(lo) >= 0;

  /** The smallest interval that contains two. */
  function hull(a, b) {
    return interval(
      compare(a.lo, b.lo) < 0 ? a.lo : b.lo,
      compare(a.hi, b.hi) > 0 ? a.hi : b.hi,
    );
  }

  class Slopes {
    constructor(reals) {
      this.reals = reals;
    }

    /** A number that does not change with x. */
    constant(value) {
      return { value, slope: NONE, bound: positive(value) ? NONE : null };
    }

    /** x itself. */
    variable(value) {
      return { value, slope: point(ONE), bound: null };
    }

    /** slope / value. */
    _relative({ value, slope, bound }) {
      const direct = this.reals.divide(slope, value);
      return bound && !finite(direct) ? bound : direct;
    }

    ratio(numerator, denominator) {
      return this.constant(this.reals.ratio(numerator, denominator));
    }

    pi() {
      return this.constant(this.reals.pi());
    }

    negate({ value, slope }) {
      return { value: this.reals.negate(value), slope: this.reals.negate(slope), bound: null };
    }

    add(a, b) {
      // Of a sum of positive terms the relative slope lies between theirs.
      return {
        value: this.reals.add(a.value, b.value),
        slope: this.reals.add(a.slope, b.slope),
        bound: a.bound && b.bound ? hull(a.bound, b.bound) : null,
      };
    }

    subtract(a, b) {
      return this.add(a, this.negate(b));
    }

    multiply(a, b) {
      const { reals } = this;
      return {
        value: reals.multiply(a.value, b.value),
        slope: reals.add(reals.multiply(a.slope, b.value), reals.multiply(a.value, b.slope)),
        bound: a.bound && b.bound ? reals.add(a.bound, b.bound) : null,
      };
    }

    divide(a, b) {
      const { reals } = this;
      const value = reals.divide(a.value, b.value);
      const part = reals.multiply(value, this._relative(b));
      return {
        value,
        slope: reals.subtract(reals.divide(a.slope, b.value), part),
        bound: a.bound && b.bound ? reals.subtract(a.bound, b.bound) : null,
      };
    }

    /** a**b for a constant b. */
    power(a, b) {
      const { reals } = this;
      const lower = reals.power(a.value, reals.subtract(b.value, point(ONE)));
      return {
        value: reals.power(a.value, b.value),
        slope: reals.multiply(reals.multiply(b.value, lower), a.slope),
        bound: a.bound && reals.multiply(b.value, a.bound),
      };
    }

    /** What a function makes of a, given its value and its slope there. */
    _chain(a, value, slope) {
      return { value, slope: this.reals.multiply(slope, a.slope), bound: null };
    }

    exp(a) {
      const value = this.reals.exp(a.value);
      return { ...this._chain(a, value, value), bound: a.slope };
    }

    expm1(a) {
      return this._chain(a, this.reals.expm1(a.value), this.reals.exp(a.value));
    }

    log(a) {
      return { value: this.reals.log(a.value), slope: this._relative(a), bound: null };
    }

    log1p(a) {
      const above = this.add(this.constant(point(ONE)), a);
      return { value: this.reals.log1p(a.value), slope: this._relative(above), bound: null };
    }

    sqrt(a) {
      const root = this.reals.sqrt(a.value);
      const slope = this.reals.divide(point(ONE), this.reals.multiply(TWO, root));
      return this._chain(a, root, slope);
    }

    tanh(a) {
      const { reals } = this;
      const cosh = reals.add(reals.exp(a.value), reals.exp(reals.negate(a.value))); // twice that
      const slope = reals.divide(FOUR, reals.multiply(cosh, cosh)); // 1 - tanh**2 would cancel
      return this._chain(a, reals.tanh(a.value), slope);
    }

    erf(a) {
      return this._chain(a, this.reals.erf(a.value), this._bell(a.value));
    }

    erfc(a) {
      return this._chain(a, this.reals.erfc(a.value), this.reals.negate(this._bell(a.value)));
    }

    /** 2 / sqrt(pi) exp(-a**2) */
    _bell(a) {
      const { reals } = this;
      const square = reals.power(a, TWO);
      return reals.multiply(reals.divide(TWO, reals.sqrt(reals.pi())), reals.exp(reals.negate(square)));
    }

    abs(a) {
      if (sign(a.value.lo) > 0) return a;
      if (sign(a.value.hi) < 0) return this.negate(a);
      const slope = hull(a.slope, this.reals.negate(a.slope));
      return { value: this.reals.abs(a.value), slope, bound: null };
    }

    max(a, b) {
      if (compare(a.value.lo, b.value.hi) > 0) return a;
      if (compare(b.value.lo, a.value.hi) > 0) return b;
      return { value: this.reals.max(a.value, b.value), slope: hull(a.slope, b.slope), bound: null };
    }

    min(a, b) {
      return this.negate(this.max(this.negate(a), this.negate(b)));
    }
  }

  actinit.slopes = { Slopes };
})((globalThis.actinit ??= {}));
