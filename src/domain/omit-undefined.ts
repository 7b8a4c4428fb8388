type Defined<Fields> = {
  [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
};

/** Removes fields whose value is undefined: `exactOptionalPropertyTypes` allows only absent fields. */
export const omitUndefined = <Fields extends object>(
  fields: Fields,
): Defined<Fields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;
