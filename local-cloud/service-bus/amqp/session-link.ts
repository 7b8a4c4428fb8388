import type { Sender } from "rhea";
import type { BrokerQueue } from "../queue/queue";
import type { QueueSession, QueueSessions } from "../queue/sessions";
import { ServiceBusError } from "../service-bus-error";
import type { OutboundLink } from "./outbound-link";
import type { Peer } from "./peer";
import {
  deferAttach,
  refuseLink,
  rheaLink,
  toDotNetTicks,
} from "./rhea-internals";

const filterName = "com.microsoft:session-filter";
const timeoutProperty = "com.microsoft:timeout";
const defaultTimeoutMs = 60_000;

/** Returns the requested session id; null for the next available session; undefined when no session is requested. */
export function readSessionFilter(link: Sender): string | null | undefined {
  const filter = link.source.filter as
    Readonly<Record<string, unknown>> | null | undefined;
  if (!filter || !(filterName in filter)) return undefined;
  const described = filter[filterName] as { readonly value?: unknown } | null;
  const value = described?.value ?? described;
  return typeof value === "string" ? value : null;
}

interface SessionLink {
  readonly peer: Peer;
  readonly link: Sender;
  readonly outbound: OutboundLink;
  readonly queue: BrokerQueue;
  readonly sessions: QueueSessions;
}

/**
 * Locks a session for the link. For the next available session (`sessionId` null), the attach response is deferred until
 * a session is available or the client's timeout has passed.
 */
export function acceptSessionOnLink(
  target: SessionLink,
  sessionId: string | null,
): void {
  const { link, outbound, queue, sessions } = target;
  const open = (session: QueueSession): void => {
    outbound.session = session;
    link.set_source({
      address: link.source.address,
      filter: { [filterName]: session.id },
    });
    rheaLink(link).local.attach.properties = {
      "com.microsoft:locked-until-utc": toDotNetTicks(session.until),
    };
    outbound.open();
  };
  queue.processDeadlines();
  if (sessionId === null) waitForNextSession(target, open);
  else open(sessions.accept(sessionId, outbound));
}

function waitForNextSession(
  { peer, link, outbound, queue, sessions }: SessionLink,
  open: (session: QueueSession) => void,
): void {
  const { clock } = peer.broker;
  let sendAttach: () => void = () => undefined;
  let cancelTimeout: () => void = () => undefined;
  const stopWaiting = sessions.acceptNext(outbound, (session) => {
    cancelTimeout();
    open(session);
    sendAttach();
  });
  if (outbound.session) return;
  sendAttach = deferAttach(link);
  cancelTimeout = clock.schedule(clock.now() + readTimeoutMs(link), () => {
    stopWaiting();
    refuseLink(
      link,
      new ServiceBusError(
        "com.microsoft:timeout",
        `No session of '${queue.path}' became available within the timeout. Try again.`,
      ).amqpError,
    );
    sendAttach();
  });
  peer.onLinkClosed(link, () => {
    stopWaiting();
    cancelTimeout();
    outbound.close();
  });
}

function readTimeoutMs(link: Sender): number {
  const properties = link.properties as
    Readonly<Record<string, unknown>> | undefined;
  const value = properties?.[timeoutProperty];
  return typeof value === "number" ? value : defaultTimeoutMs;
}
