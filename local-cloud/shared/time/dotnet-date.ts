/** Formats a date as .NET serializes a DateTime in UTC (`Z`) or a DateTimeOffset (`+00:00`). */
export const formatDotNetDate = (date: Date, offset: "Z" | "+00:00"): string =>
  date.toISOString().replace(".000Z", "Z").replace("Z", offset);
