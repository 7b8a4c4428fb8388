import { resolve } from "node:path";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const data = {
  buffered: createTemporaryFolder(),
  streamed: createTemporaryFolder(),
};
const callers = Array.from({ length: 200 }, (_, number) => number);

describe("two hundred callers at once", () => {
  test.each([
    ["an app", "buffered", "http-edges", "/seen"],
    ["an app that streams", "streamed", "stream-app", "/api/received"],
  ] as const)(
    "of %s each get the answer to what they sent",
    async (_, at, fixture, path) => {
      const app = resolve("local-cloud/test/fixtures", fixture);
      await using host = await startHostCommand({ app, data: data[at] });
      const answers = await Promise.all(
        callers.map(async (caller) => {
          const url = `${host.url}${path}/${caller}`;
          const init = { method: "POST", body: `body ${caller}` };
          const { url: seen, body } = (await (
            await fetch(url, init)
          ).json()) as { url: string; body: string };
          return { isMine: seen === url, body };
        }),
      );
      expect(answers).toEqual(
        callers.map((caller) => ({ isMine: true, body: `body ${caller}` })),
      );
    },
  );
});
