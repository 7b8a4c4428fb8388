type Scalar = string | number | boolean;

const isScalar = (value: unknown): value is Scalar =>
  ["string", "number", "boolean"].includes(typeof value);

/** Omits values that an outgoing message cannot carry as application properties. */
export const scalarProperties = (
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Scalar>> =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      isScalar(value) ? [[name, value] as const] : [],
    ),
  );
