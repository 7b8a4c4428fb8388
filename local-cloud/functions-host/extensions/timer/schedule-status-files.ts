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

/** Persists the schedule status of each timer function in a JSON file; Azure uses a blob. */
export interface ScheduleStatusFiles {
  /** Undefined when no status has been written. Throws when the file is damaged. */
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
        last: formatTime(last),
        next: formatTime(next),
        lastUpdated: formatTime(lastUpdated),
      });
      // Renaming is atomic: a crash never leaves a partial file.
      writeFileSync(`${path}.new`, `${text}\n`);
      renameSync(`${path}.new`, path);
    },
  };
}

const formatTime = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
