import { type CoreLogLevel, CoreDisposable } from "./core-api";

const hookNames = [
  "appStart",
  "appTerminate",
  "preInvocation",
  "postInvocation",
  "log",
] as const;
export type HookName = (typeof hookNames)[number];
type Hook = (context: unknown) => unknown;

/** A log line on its way out; hooks may change its level and message. */
interface LogLine {
  readonly level: CoreLogLevel;
  readonly category: string;
  readonly message: string;
  /** The library's context of the function that logs; undefined outside of an invocation. */
  readonly invocationContext: unknown;
}

const isHookName = (name: string): name is HookName =>
  hookNames.some((known) => known === name);

/** The app's hooks, run in the order in which they were registered. */
export class AppHooks {
  /** One object for the life of the process, given to every hook. */
  readonly appHookData: Record<string, unknown> = {};
  readonly #hooks = new Map<HookName, Hook[]>();
  #isInLogHook = false;

  register(name: string, hook: Hook): CoreDisposable {
    if (!isHookName(name))
      throw Object.assign(
        new RangeError(`Unrecognized hook "${name}".`),
        // The library tells by this mark whether the host is at fault or the app.
        { isAzureFunctionsSystemError: true },
      );
    const hooks = this.#hooks.get(name) ?? [];
    this.#hooks.set(name, hooks);
    hooks.push(hook);
    return new CoreDisposable(() => {
      const at = hooks.indexOf(hook);
      if (at >= 0) hooks.splice(at, 1); // it may be disposed of twice
    });
  }

  has(name: HookName): boolean {
    return (this.#hooks.get(name)?.length ?? 0) > 0;
  }

  async run(name: HookName, createContext: object): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook(createContext);
  }

  /** The line as the app's log hooks want it. What a hook itself logs goes out as it is: it would never end. */
  applyLogHooks(line: LogLine): LogLine {
    if (this.#isInLogHook) return line;
    const context = this.context({}, line);
    this.#isInLogHook = true;
    try {
      for (const hook of this.#hooks.get("log") ?? []) hook(context);
    } finally {
      this.#isInLogHook = false;
    }
    return context;
  }

  /** A context whose two data objects the hooks may fill but not replace. */
  context<Fields extends object>(
    hookData: object,
    fields: Fields,
  ): Fields & HookContext {
    return Object.assign(new HookContext(hookData, this.appHookData), fields);
  }
}

/** Accessors of a class, because a context is made twice for every invocation. */
class HookContext {
  readonly #hookData: object;
  readonly #appHookData: object;

  constructor(hookData: object, appHookData: object) {
    this.#hookData = hookData;
    this.#appHookData = appHookData;
  }

  get hookData(): object {
    return this.#hookData;
  }
  set hookData(_: object) {
    throw readOnly("hookData");
  }

  get appHookData(): object {
    return this.#appHookData;
  }
  set appHookData(_: object) {
    throw readOnly("appHookData");
  }
}

const readOnly = (name: string): Error =>
  new Error(`Cannot assign to read only property '${name}'`);
