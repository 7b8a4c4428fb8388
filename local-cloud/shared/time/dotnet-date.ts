/** Formats a date as .NET serializes a DateTime without a time zone or a DateTimeOffset in UTC (`+00:00`). */
export const formatDotNetDate = (date: Date, offset: "" | "+00:00"): string =>
  date.toISOString().replace(".000Z", "Z").replace("Z", offset);
