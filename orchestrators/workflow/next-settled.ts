/**
 * Waits until any of the children has settled (docs/adr/0002-waiting-for-any-step.md).
 *
 * 1. A child is part of one `first` only, the one that starts it. Later it is awaited alone, when it is known to
 *    have settled or to be about to: it is the last, or its `stepSettled` event has come.
 * 2. An event may come while nobody waits for it, and then answers the latest wait that is still open. So every wait
 *    for an event is kept until its answer has been read.
 * 3. An event of a step that is not running is late or not ours, and means nothing.
 */
import { type StepOutcome, stepSettledEvent } from "../../src/model/contracts";
import {
  first,
  isSettled,
  nextEvent,
  outcome,
  type Steps,
  value,
} from "../../src/model/durable";
import { noUsage } from "../../src/model/usage";
import { recordDue } from "./record";
import type { Child, Run } from "./run";

export function* nextSettled(run: Run): Steps<readonly [Child, StepOutcome]> {
  for (;;) {
    const settled = settledChild(run);
    if (settled !== undefined) return yield* taken(run, settled);
    run.toStart.push(...(yield* recordDue(run)));
    const [last, ...others] = run.children.values();
    const awaited =
      (yield* announcedChild(run)) ?? (others.length === 0 ? last : undefined);
    if (awaited === undefined) {
      yield* wakeUp(run);
      continue;
    }
    yield* startBeside(run, awaited);
    return yield* taken(run, awaited);
  }
}

const settledChild = (run: Run): Child | undefined =>
  [...run.children.values()].find(({ pending }) => isSettled(pending));

function* announcedChild(run: Run): Steps<Child | undefined> {
  for (const event of run.events.filter(isSettled)) {
    run.events.splice(run.events.indexOf(event), 1);
    const child = run.children.get(stepIdIn(yield* value(event)));
    if (child !== undefined) return child;
  }
  return undefined;
}

/** Anybody may raise an event of that name, with anything in it. */
function stepIdIn(data: unknown): string {
  if (typeof data === "string") return data;
  if (typeof data !== "object" || data === null) return "";
  return "stepId" in data && typeof data.stepId === "string" ? data.stepId : "";
}

/**
 * Starts the others first. The child that is awaited may run already and then must not be in this wait (1); it is
 * short all the same, because whatever starts is recorded, and the record is in it.
 */
function* startBeside(run: Run, awaited: Child): Steps<void> {
  const toStart = run.toStart.splice(0);
  if (toStart.some((pending) => pending !== awaited.pending))
    yield* first(run.context, toStart);
}

function* taken(
  run: Run,
  { work, pending }: Child,
): Steps<readonly [Child, StepOutcome]> {
  const settled = yield* outcome(pending);
  run.children.delete(work.id);
  return [
    { work, pending },
    settled.ok
      ? settled.value
      : { status: "failed", error: settled.failure, usage: noUsage },
  ];
}

function* wakeUp(run: Run): Steps<void> {
  const toStart = run.toStart.splice(0);
  const open = run.events.at(-1);
  if (toStart.length === 0 && open !== undefined) {
    yield* outcome(open);
    return;
  }
  const event = nextEvent(run.context, stepSettledEvent);
  run.events.push(event);
  yield* first(run.context, [...toStart, event]);
}
