/** A sentence when the version of Node.js is older than 20.19; undefined otherwise. */
export function findNodeVersionProblem(
  program: string,
  version: string,
): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `${program} needs Node.js 20.19 or later, and this is ${version}: install a newer version from https://nodejs.org.`;
}
