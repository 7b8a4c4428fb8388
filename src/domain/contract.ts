export type KeyPart = string | number;

declare const input: unique symbol;
declare const output: unique symbol;

interface Contract<Kind extends string, I, O> {
  readonly kind: Kind;
  readonly name: string;
  readonly [input]?: I;
  readonly [output]?: O;
}
export interface ActivityContract<I, O> extends Contract<"activity", I, O> {
  /** Identifies a call: calls with the same parts have the same result. */
  readonly keyParts: (input: I) => readonly KeyPart[];
}
export type OrchestratorContract<I, O> = Contract<"orchestrator", I, O>;

export const activity = <I, O>(
  name: string,
  keyParts: ActivityContract<I, O>["keyParts"],
): ActivityContract<I, O> => ({ kind: "activity", name, keyParts });

export const orchestrator = <I, O>(
  name: string,
): OrchestratorContract<I, O> => ({ kind: "orchestrator", name });
