import { eventually } from "../shared/eventually";

/** Talks to the HTTP API of a host's task hub. */
export const createDurableTaskClient = (hostUrl: () => string) => {
  const call = (
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    fetch(`${hostUrl()}/runtime/webhooks/durabletask/${path}`, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  const get = async (path: string) =>
    (await (await call("GET", path)).json()) as Readonly<
      Record<string, unknown>
    >;
  const startAs = (id: string, name: string, input: unknown = null) =>
    call("POST", `orchestrators/${name}/${id}`, JSON.stringify(input));
  /** Waits until the instance has the status; gives what the API tells of it. */
  const whenIn = (id: string, status: string) =>
    eventually(async () => {
      const found = await get(`instances/${id}`);
      expect(found).toMatchObject({ runtimeStatus: status });
      return found;
    });
  return { call, get, startAs, whenIn };
};

/** The JSON of an answer with its status. */
export const readResponse = async (answer: Response | Promise<Response>) => {
  const response = await answer;
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? "" : (JSON.parse(text) as unknown),
  };
};
