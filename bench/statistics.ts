/** The smallest of the values that at least `percent` of them do not exceed (nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  const found = sorted[rank - 1];
  if (found === undefined)
    throw new RangeError("There is no percentile of no values.");
  return found;
}

export const median = (values: readonly number[]): number =>
  percentile(values, 50);

/** As many digits as a measurement deserves: three significant ones, or all before the decimal point. */
export function roundFigure(value: number): number {
  return Math.abs(value) >= 100
    ? Math.round(value)
    : Number(value.toPrecision(3));
}
