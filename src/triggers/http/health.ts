import { toFailure } from "../../errors";
import { answer } from "./endpoint";
import type { HttpServices } from "./services";

/** `GET /api/health/live`: the process answers. */
export const live = () => Promise.resolve(answer(200, { status: "ok" }));

type Check = Readonly<Record<string, string>> & {
  readonly status: "ok" | "failed" | "not configured";
};

/** `GET /api/health/ready`: what orchestrations need is there. */
export const ready = (services: HttpServices) => async () => {
  const [storage, serviceBus, model] = await Promise.all([
    check(async () => {
      const { orchestrations, payloads } = services.storage();
      // Each has a role of its own: without the one for blobs only large values would fail, and late.
      await Promise.all([orchestrations.check(), payloads.check()]);
      return {};
    }),
    checkMessaging(services),
    check(() => Promise.resolve({ provider: services.modelProvider() })),
  ]);
  const ok = [storage, serviceBus, model].every(
    ({ status }) => status !== "failed",
  );
  return answer(ok ? 200 : 503, {
    status: ok ? "ok" : "failed",
    checks: { storage, serviceBus, model },
  });
};

/** Service Bus may be left out: the app then takes requests over HTTP only. */
function checkMessaging(services: HttpServices): Promise<Check> {
  const messaging = services.messaging();
  if (messaging === undefined)
    return Promise.resolve({ status: "not configured" });
  return check(async () => {
    await messaging.check();
    return {};
  });
}

async function check(
  probe: () => Promise<Readonly<Record<string, string>>>,
): Promise<Check> {
  try {
    return { ...(await probe()), status: "ok" };
  } catch (error) {
    const { code, message } = toFailure(error);
    return { code, message, status: "failed" };
  }
}
