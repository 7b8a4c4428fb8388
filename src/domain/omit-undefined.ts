type Present<Fields> = {
  [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
};

/** Only the fields that have a value: an optional field is absent, never undefined. */
export const omitUndefined = <Fields extends object>(
  fields: Fields,
): Present<Fields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Present<Fields>;
