/** `+` is a space, as in the .NET extensions. Undefined when the path is not percent-encoded correctly. */
export function decodeWebhookPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path.replaceAll("+", " ")).replace(/\/+$/, "");
  } catch {
    return undefined; // the caller responds with 404
  }
}
