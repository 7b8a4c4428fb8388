import { eventually } from "../../../local-cloud/test/support/shared/eventually";
import type { OrchestrationView } from "../../../src/http/views/orchestration-view";

interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}
export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly {
    readonly pointer: string;
    readonly detail: string;
  }[];
}

/** Talks to the HTTP API of a running AOS as a caller would. */
export function createApiClient(url: string) {
  async function call<Body>(
    path: string,
    init?: RequestInit,
  ): Promise<Answer<Body>> {
    const response = await fetch(`${url}/api/${path}`, init);
    const body = (await response.json()) as Body;
    return { status: response.status, headers: response.headers, body };
  }
  const get = <Body>(path: string) => call<Body>(path);
  const postText = <Body>(text: string, headers: Record<string, string> = {}) =>
    call<Body>("orchestrations", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: text,
    });
  const start = (body: object, headers?: Record<string, string>) =>
    postText<OrchestrationView>(JSON.stringify(body), headers);
  const status = (id: string, wait = "0s") =>
    get<OrchestrationView>(`orchestrations/${id}?wait=${wait}`);
  return { get, postText, start, status };
}

/** Asks until the answer is the one wanted; fails with the last answer otherwise. */
export const pollUntil = <Value>(
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<Value> =>
  eventually(async () => {
    const value = await ask();
    if (wanted(value)) return value;
    throw new Error(`Still not as wanted: ${JSON.stringify(value)}`);
  }, 30_000);
