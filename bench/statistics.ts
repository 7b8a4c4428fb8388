/** Nearest-rank percentile: the smallest value such that at least `percent` % of the values are not greater. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined)
    throw new RangeError("Cannot compute a percentile of an empty list.");
  return value;
}

export const median = (values: readonly number[]): number =>
  percentile(values, 50);

/** Keeps three significant digits, or all digits before the decimal point. */
export function roundFigure(value: number): number {
  return Math.abs(value) >= 100
    ? Math.round(value)
    : Number(value.toPrecision(3));
}
