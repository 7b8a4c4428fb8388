import type { SettlementContext } from "../../../src/orchestrations/end/settle-orchestration";

type Ports = Pick<SettlementContext, "storage" | "messaging"> & {
  readonly hub: object;
};
/** Whether the process dies before the call has an effect, or before it receives the response. */
export type Death = "before" | "after";

const mutations =
  /^(update|takeOver|markSettled|append|replace|put|enqueue|remove|claim|startNew|send)$/;

/** The ports of a process that dies at its `deathAt`-th write. It does nothing afterwards. */
export function createDyingPorts(
  { storage, messaging, hub }: Ports,
  deathAt: number,
  death: Death,
) {
  let writes = 0;
  let isDead = false;
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === "object" && value !== null) return wrap(value);
        if (typeof value !== "function") return value;
        return async (...inputs: unknown[]): Promise<unknown> => {
          const isWrite = mutations.test(String(name));
          if (isWrite) writes++;
          const dies = isWrite && writes === deathAt;
          if (isDead || (dies && death === "before")) {
            isDead = true;
            throw new Error("The process is dead.");
          }
          const result: unknown = await Reflect.apply(value, target, inputs);
          isDead ||= dies;
          if (isDead) throw new Error("The process is dead.");
          return result;
        };
      },
    });
  const broker = messaging();
  return {
    ports: {
      storage: wrap(storage),
      hub: wrap(hub),
      messaging: () => broker && wrap(broker),
    },
    hasDied: () => isDead,
  };
}
