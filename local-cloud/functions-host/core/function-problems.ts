/** Adds the function name to each problem and omits undefined entries. */
export const describeFunctionProblems = (
  functionName: string,
  problems: readonly (string | undefined)[],
): readonly string[] =>
  problems.flatMap((problem) =>
    problem === undefined ? [] : [`function ${functionName}: ${problem}`],
  );
