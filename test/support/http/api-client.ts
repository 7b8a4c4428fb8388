import { eventually } from "../../../local-cloud/test/support/shared/eventually";
import type { OrchestrationView } from "../../../src/http/views/orchestration-view";

interface ApiResponse<Body> {
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

/** A client of the HTTP API of AOS. */
export function createApiClient(url: string) {
  async function call<Body>(
    path: string,
    init?: RequestInit,
  ): Promise<ApiResponse<Body>> {
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

/** Repeats the request until the value satisfies the condition. Rejects with the last value after 30 seconds. */
export const pollUntil = <Value>(
  request: () => Promise<Value>,
  condition: (value: Value) => boolean,
): Promise<Value> =>
  eventually(async () => {
    const value = await request();
    if (condition(value)) return value;
    throw new Error(
      `The condition was not met within 30 s: ${JSON.stringify(value)}`,
    );
  }, 30_000);
