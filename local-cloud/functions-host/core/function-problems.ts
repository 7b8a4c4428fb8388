/** Adds the function name to each problem; undefined entries are no problems. */
export const describeFunctionProblems = (
  functionName: string,
  problems: readonly (string | undefined)[],
): readonly string[] =>
  problems.flatMap((problem) =>
    problem === undefined ? [] : [`function ${functionName}: ${problem}`],
  );
