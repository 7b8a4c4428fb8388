/** The files of a task hub, as the end of its process leaves them. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

export const hubFileExtensions = ["db", "db-wal", "log"] as const;

/** Copies the files of a hub. Both paths are without an extension. */
export function copyHubFiles(from: string, to: string): void {
  for (const extension of hubFileExtensions)
    if (existsSync(`${from}.${extension}`))
      copyFileSync(`${from}.${extension}`, `${to}.${extension}`);
}

export const readCommitLog = (path: string): Buffer =>
  readFileSync(`${path}.log`);

/** Removes the second half of the last write from the commit log. `before` is the log before that write. */
export function tearLastWrite(path: string, before: Buffer): void {
  const after = readCommitLog(path);
  const previous = Buffer.alloc(after.length);
  before.copy(previous);
  let from = 0;
  while (from < after.length && after[from] === previous[from]) from += 1;
  let to = after.length;
  while (to > from && after[to - 1] === previous[to - 1]) to -= 1;
  const middle = from + Math.floor((to - from) / 2);
  writeFileSync(
    `${path}.log`,
    Buffer.concat([after.subarray(0, middle), previous.subarray(middle)]),
  );
}
