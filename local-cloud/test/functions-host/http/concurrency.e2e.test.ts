import { resolve } from "node:path";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";

const data = {
  buffered: createTemporaryFolder(),
  streamed: createTemporaryFolder(),
};
const clients = Array.from({ length: 200 }, (_, number) => number);

describe("two hundred concurrent clients", () => {
  test.each([
    ["an app", "buffered", "http-edges", "/seen"],
    ["an app with HTTP streaming", "streamed", "stream-app", "/api/received"],
  ] as const)(
    "of %s each receive the response to the request they sent",
    async (_, at, fixture, path) => {
      const app = resolve("local-cloud/test/fixtures", fixture);
      await using host = await startHostCommand({ app, data: data[at] });
      const responses = await Promise.all(
        clients.map(async (client) => {
          const url = `${host.url}${path}/${client}`;
          const init = { method: "POST", body: `body ${client}` };
          const { url: seen, body } = (await (
            await fetch(url, init)
          ).json()) as { url: string; body: string };
          return { isMine: seen === url, body };
        }),
      );
      expect(responses).toEqual(
        clients.map((client) => ({ isMine: true, body: `body ${client}` })),
      );
    },
  );
});
