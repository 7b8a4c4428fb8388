import { defaultTimerLimits } from "../../../durable-task/replay/limits";

export const testLimits = { ...defaultTimerLimits, httpSleepMs: 30_000 };
