import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ScheduleStatus } from "./schedule-status";

const time = z.iso.datetime().transform((text) => Date.parse(text));
const statusSchema = z.object({
  last: time.optional(),
  next: time.optional(),
  lastUpdated: time,
});

/** Where the status of timers outlives the host. On Azure this is a blob for each function. */
export interface ScheduleStatusFiles {
  /** Undefined when nothing is known. Throws when the file is damaged. */
  read(functionName: string): ScheduleStatus | undefined;
  write(functionName: string, status: ScheduleStatus): void;
}

export function openScheduleStatusFiles(folder: string): ScheduleStatusFiles {
  const pathOf = (functionName: string): string =>
    join(folder, `${functionName.toLowerCase()}.json`);
  return {
    read: (functionName) => {
      const path = pathOf(functionName);
      if (!existsSync(path)) return undefined;
      return statusSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    },
    write: (functionName, { last, next, lastUpdated }) => {
      mkdirSync(folder, { recursive: true });
      const path = pathOf(functionName);
      const text = JSON.stringify({
        last: iso(last),
        next: iso(next),
        lastUpdated: iso(lastUpdated),
      });
      // The file is there whole, old or new, even if the process dies here.
      writeFileSync(`${path}.new`, `${text}\n`);
      renameSync(`${path}.new`, path);
    },
  };
}

const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
