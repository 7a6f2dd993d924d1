/* How many ulp an entry grants at an input, and whether a result keeps to that; as the suite has it
   in conformance/expected/caps.py and conformance/error/metric.py. */
"use strict";

(function (actinit) {
  const { Reals, compare, end, isPoint, negated, point, sign } = actinit.real;
  const { about, error } = actinit.formula;

  // Bits asked for at each try, until a value and its slope have some digits: tails cancel.
  const PRECISIONS = [192, 1152, 3456];
  const ENOUGH = 2 ** -20; // the relative width of an enclosure that has them
  // A slope of a derivative is a central difference over this part of the input.
  const STEP = 20;
  // Farther from a root than this part of it, the root is not what makes the budget large.
  const FARTHEST = 0.5;

  /** The ulp granted at a finite x = m * 2**e, or null where the page cannot tell.

      `usual` says whether the parameters are the defaults, for which the roots are known. */
  function granted(entry, part, x, parameters, format, usual) {
    const [base, argument] = entry.budgets[part][format.name];
    const cap = 2 ** (format.precision - 2);
    if (!argument || x.m === 0n) return Math.min(base, cap);
    if (!usual) return null;
    const found = withSlope(entry, part, x, parameters);
    if (!found) return null;
    const kappa = ofSlope(found, x);
    const stated = base + argument * kappa;
    const near = Math.min(argument / cap, FARTHEST);
    const roots = entry.roots[part];
    const beside = roots.some((root) => Math.abs(about(point(x)) - root) < near * Math.abs(root));
    if (!beside) return Math.min(stated, cap);
    // The argument is off by so many of its ulp; that, times the slope, in ulp of the result.
    const unit = 2 ** (format.ulpExponent(x) - format.ulpExponent(found[0].lo));
    const slope = Math.abs(about(found[1]));
    return Math.min(stated, Math.max(base + argument * slope * unit, cap));
  }

  /** |x f'(x) / f(x)|: by how much a relative error of the input is multiplied; null if unknown. */
  function condition(entry, part, x, parameters) {
    const found = withSlope(entry, part, x, parameters);
    return found && ofSlope(found, x);
  }

  function ofSlope(found, x) {
    if (sign(found[1].lo) === 0 && isPoint(found[1])) return 0;
    if (sign(found[0].lo) === 0) return Infinity; // at a root
    const reals = new Reals(PRECISIONS[0]);
    return about(reals.abs(reals.divide(reals.multiply(point(x), found[1]), found[0])));
  }

  /** Enclose a value and its slope, or a derivative and its own, to some digits; else null. */
  function withSlope(entry, part, x, parameters) {
    for (const precision of PRECISIONS) {
      const found = enclosed(entry, part, x, parameters, new Reals(precision));
      if (found && narrow(found[0]) && (narrow(found[1]) || negligible(found, x))) return found;
    }
    return null;
  }

  /** Whether the slope is so small that the condition number is as good as 0. */
  function negligible([value, slope], x) {
    const reals = new Reals(PRECISIONS[0]);
    const kappa = reals.abs(reals.divide(reals.multiply(point(x), slope), value));
    return compare(kappa.hi, end(1, -20)) < 0;
  }

  function narrow({ lo, hi }) {
    if (compare(lo, hi) === 0) return true;
    if (sign(lo) * sign(hi) <= 0) return false;
    const reals = new Reals(PRECISIONS[0]);
    return Math.abs(about(reals.divide(point(hi), point(lo))) - 1) < ENOUGH;
  }

  function enclosed(entry, part, x, parameters, reals) {
    const value = entry.enclose(part, x, parameters, reals);
    if (part === "value") {
      const slope = entry.enclose("derivative", x, parameters, reals);
      return value && slope && [value, slope];
    }
    const scale = 1n << BigInt(STEP);
    const [right, left] = [scale + 1n, scale - 1n].map((by) =>
      entry.enclose(part, end(x.m * by, x.e - STEP), parameters, reals));
    if (!value || !right || !left) return null;
    const apart = point(end(2n * x.m, x.e - STEP));
    return [value, reals.divide(reals.subtract(right, left), apart)];
  }

  /** A zero, or a number of the wrong sign, where the exact value is normal: beyond every budget. */
  function lost(got, enclosure, format) {
    const least = end(1, format.emin);
    const normal = compare(enclosure.lo, least) >= 0 || compare(enclosure.hi, negated(least)) <= 0;
    return normal && (format.isZero(got) || format.isNegative(got) !== sign(enclosure.hi) < 0);
  }

  /** Whether a result keeps to a budget, at an input where the exact value is enclosed. */
  function keeps(got, enclosure, budget, format) {
    const off = error(got, enclosure, format);
    return off <= budget && !lost(got, enclosure, format); // an error without a size is beyond
  }

  actinit.budget = { condition, granted, keeps };
})((globalThis.actinit ??= {}));
