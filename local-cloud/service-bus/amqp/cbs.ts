import { type EventContext, message as codec, type Receiver } from "rhea";
import { ServiceBusError } from "../service-bus-error";
import type { Peer } from "./peer";
import { validateSasToken } from "./sas-token";

interface TokenRequest {
  readonly message_id?: unknown;
  readonly reply_to?: string;
  readonly body?: unknown;
  readonly application_properties?: {
    readonly operation?: unknown;
    readonly name?: unknown;
    readonly type?: unknown;
  };
}

/** How long a token is good for is in the token; the broker takes it for as long as it is used. */
const longestMs = 24 * 60 * 60_000;

/**
 * The client shows a token before it opens a link to an entity.
 * https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/amqp-cbs-v1.0.html
 */
export function openTokenRequests(peer: Peer, link: Receiver): void {
  link.on(
    "message",
    peer.guard(({ message, delivery }: EventContext) => {
      delivery?.accept();
      const request = codec.decode(
        message as unknown as Buffer,
      ) as unknown as TokenRequest;
      answer(peer, request);
    }),
  );
}

function answer(peer: Peer, request: TokenRequest): void {
  const problem = problemOf(peer, request);
  peer.reply(request.reply_to, {
    correlation_id: request.message_id,
    application_properties: problem
      ? {
          "status-code": problem.statusCode,
          "status-description": problem.message,
          "error-condition": problem.code,
        }
      : { "status-code": 202, "status-description": "Accepted" },
    body: undefined,
  });
}

/** Undefined when the token is good, which it is then noted to be. */
function problemOf(
  peer: Peer,
  { body, application_properties }: TokenRequest,
): ServiceBusError | undefined {
  const { operation, name, type } = application_properties ?? {};
  if (operation !== "put-token")
    return new ServiceBusError(
      "amqp:not-implemented",
      `There is no operation '${String(operation)}' on $cbs.`,
    );
  const { key, clock } = peer.broker;
  const audience = String(name);
  const problem =
    type === "servicebus.windows.net:sastoken"
      ? validateSasToken(String(body), audience, key, clock.now())
      : `tokens of the type '${String(type)}' are not known here`;
  if (problem !== undefined)
    return new ServiceBusError(
      "amqp:unauthorized-access",
      `The token for '${audience}' is not accepted: ${problem}. Take the connection string that the broker has printed.`,
    );
  peer.authorize(audience, clock.now() + longestMs);
  return undefined;
}
