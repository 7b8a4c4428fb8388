/** The first group of each pattern is kept; the rest of the match is replaced. */
const secretPatterns: readonly RegExp[] = [
  /((?:AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey)=)[^;"\s\\]+/gi,
  /([?&](?:sig|code)=)[^&"\s\\]+/gi,
  /(\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/gi,
  /((?:api[-_]?key|password|passwd|secret|access[-_]?token|client[-_]?secret)\\?["']?\s*[:=]\s*\\?["']?)[^\s"'\\,;}]+/gi,
  /(\b)(?:sk|ghp|gho|xox[bp])[-_][\w-]{12,}/g,
  /(\b)eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
];

/** Replaces recognizable keys, tokens and passwords with `[redacted]`. */
export const redactSecrets = (text: string): string =>
  secretPatterns.reduce(
    (redacted, pattern) => redacted.replace(pattern, "$1[redacted]"),
    text,
  );
