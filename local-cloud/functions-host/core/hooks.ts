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

/** A log line before output; hooks may change its level and message. */
interface LogLine {
  readonly level: CoreLogLevel;
  readonly category: string;
  readonly message: string;
  /** The library's context of the logging function; undefined outside an invocation. */
  readonly invocationContext: unknown;
}

const isHookName = (name: string): name is HookName =>
  hookNames.some((known) => known === name);

/** The hooks of the app, executed in the order of their registration. */
export class AppHooks {
  /** Shared by all hooks for the lifetime of the process. */
  readonly appHookData: Record<string, unknown> = {};
  /** The `hookData` of the appStart and appTerminate hooks. */
  readonly lifetimeHookData: Record<string, unknown> = {};
  readonly #hooks = new Map<HookName, Hook[]>();
  #isInLogHook = false;

  register(name: string, hook: Hook): CoreDisposable {
    if (!isHookName(name))
      throw Object.assign(
        new RangeError(`Unrecognized hook "${name}".`),
        // This property makes the library attribute the error to the host instead of the app.
        { isAzureFunctionsSystemError: true },
      );
    const hooks = this.#hooks.get(name) ?? [];
    this.#hooks.set(name, hooks);
    hooks.push(hook);
    return new CoreDisposable(() => {
      const index = hooks.indexOf(hook);
      if (index >= 0) hooks.splice(index, 1); // the app may dispose it twice
    });
  }

  has(name: HookName): boolean {
    return (this.#hooks.get(name)?.length ?? 0) > 0;
  }

  async run(name: HookName, context: object): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook(context);
  }

  /** Applies the log hooks to a line. Lines that a log hook writes bypass them, which prevents endless recursion. */
  applyLogHooks(line: LogLine): LogLine {
    if (this.#isInLogHook) return line;
    const context = this.createContext({}, line);
    this.#isInLogHook = true;
    try {
      for (const hook of this.#hooks.get("log") ?? []) hook(context);
    } finally {
      this.#isInLogHook = false;
    }
    return context;
  }

  /** A context whose two data objects the hooks may modify but not replace. */
  createContext<Fields extends object>(
    hookData: object,
    fields: Fields,
  ): Fields & HookContext {
    return Object.assign(new HookContext(hookData, this.appHookData), fields);
  }
}

/** A class with accessors, because defining them on each of the two contexts of an invocation is slower. */
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
    throw readOnlyError("hookData");
  }

  get appHookData(): object {
    return this.#appHookData;
  }
  set appHookData(_: object) {
    throw readOnlyError("appHookData");
  }
}

const readOnlyError = (name: string): Error =>
  new Error(`Cannot assign to read only property '${name}'`);
