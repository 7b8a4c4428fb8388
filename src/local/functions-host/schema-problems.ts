import { z } from "zod";
import { messageOf } from "./host-error";

/** What is wrong with a file's content, on one line: each field with its problem, or why it is not JSON at all. */
export const problemsOf = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues
        .map(({ path, message }) =>
          path.length > 0 ? `${path.join(".")}: ${message}` : message,
        )
        .join("; ")
    : messageOf(error);
