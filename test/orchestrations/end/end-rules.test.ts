import fc from "fast-check";
import type { OrchestrationStatus } from "../../../src/domain/history/orchestration-history";
import {
  decideEnd,
  maxResumptions,
} from "../../../src/orchestrations/end/end-rules";
import {
  startDeadlineMs,
  takeOverAfterMs,
} from "../../../src/orchestrations/start/claim-rules";
import type { InstanceState } from "../../../src/orchestrations/task-hub";

const claimedMs = Date.parse("2026-01-01T00:00:00Z");
const claimedAt = new Date(claimedMs).toISOString();
const after = (ms: number): Date => new Date(claimedMs + ms);

const newClaim = (fields: {
  readonly status?: OrchestrationStatus;
  readonly resumption?: number;
  readonly waiting?: boolean;
  readonly settled?: boolean;
}) => {
  const { status = "running", ...rest } = fields;
  return {
    summary: { id: "o", status, updatedAt: claimedAt },
    claimedAt,
    taskHub: "Aos",
    ...rest,
  };
};
const failed = (message: string, resumption = 0): InstanceState => ({
  state: "failed",
  message,
  endedAt: claimedAt,
  resumption,
});
const absent = { state: "absent", taskHub: "Aos" } as const;
const platformMessages = [
  "Did not find any initialized language workers",
  "The invocation request 3 was canceled before the request was sent to the worker",
  "node exited with code 1 (0x1)",
] as const;
const [platformMessage] = platformMessages;

const statuses: readonly OrchestrationStatus[] = [
  "pending",
  "running",
  "completed",
  "failed",
  "terminated",
];
const claims = fc.record(
  {
    status: fc.constantFrom(...statuses),
    resumption: fc.integer({ min: 1, max: maxResumptions }),
    waiting: fc.boolean(),
    settled: fc.boolean(),
  },
  { requiredKeys: ["status"] },
);
const instances = fc.oneof(
  fc
    .constantFrom("active", "suspended", "completed")
    .map((state): InstanceState => ({ state })),
  fc.record({
    state: fc.constant("absent"),
    taskHub: fc.constantFrom("Aos", "Slot"),
  }),
  fc.record({
    state: fc.constantFrom("failed", "terminated"),
    message: fc.constantFrom("x is not a function", ...platformMessages),
    endedAt: fc.constant(claimedAt),
    resumption: fc.nat({ max: maxResumptions }),
  }),
);
const times = fc.integer({ min: -5_000, max: 1_000_000 });

describe("decideEnd", () => {
  test.each(platformMessages)(
    "resumes three times, after 0 s, 1 min and 5 min, then settles with platform_failed: %s",
    (message) => {
      const pauses = [0, 60_000, 300_000];
      for (const [resumption, pauseMs] of pauses.entries()) {
        const claim = newClaim({ resumption });
        const instance = failed(message, resumption);
        expect(decideEnd(claim, instance, after(pauseMs))).toMatchObject({
          kind: "resume",
          resumption: resumption + 1,
          error: { code: "platform_failed", message },
        });
        if (pauseMs > 0)
          expect(decideEnd(claim, instance, after(pauseMs - 1))).toEqual({
            kind: "wait",
          });
      }
      expect(
        decideEnd(newClaim({ resumption: 3 }), failed(message, 3), after(0)),
      ).toMatchObject({
        kind: "settle",
        end: { status: "failed", error: { code: "platform_failed" } },
      });
    },
  );

  test.each([
    [{ state: "terminated", message: "stop" }, "terminated", "terminated"],
    [
      { state: "failed", message: "x is not a function" },
      "failed",
      "internal_error",
    ],
    [
      { state: "terminated", message: platformMessage },
      "terminated",
      "terminated",
    ],
  ] as const)(
    "settles an orchestration that the hub ended for another reason: %j",
    (instance, status, code) => {
      const ended = { ...instance, endedAt: claimedAt, resumption: 0 };
      const { message } = instance;
      for (const claimStatus of ["pending", "running"] as const)
        expect(
          decideEnd(newClaim({ status: claimStatus }), ended, after(0)),
        ).toEqual({
          kind: "settle",
          end: { status, error: { code, message }, endedAt: claimedAt },
        });
    },
  );

  test("settles a running orchestration that the hub no longer has, but not while it may be starting again", () => {
    const decide = (ms: number) =>
      decideEnd(newClaim({ resumption: 1 }), absent, after(ms));
    expect(decide(takeOverAfterMs - 1)).toEqual({ kind: "wait" });
    expect(decide(takeOverAfterMs)).toMatchObject({
      kind: "settle",
      end: { status: "failed", error: { code: "orchestration_lost" } },
    });
  });

  test.each(["pending", "completed", "failed", "terminated"] as const)(
    "leaves an orchestration that is %s and that the hub does not have",
    (status) => {
      expect(decideEnd(newClaim({ status }), absent, after(1_000_000))).toEqual(
        { kind: "none" },
      );
    },
  );

  test("leaves a running orchestration to the task hub that runs it", () => {
    const slot = { state: "absent", taskHub: "Slot" } as const;
    expect(decideEnd(newClaim({}), slot, after(1_000_000))).toEqual({
      kind: "none",
    });
  });

  test("settles an orchestration whose row has an end, without another end", () => {
    expect(
      decideEnd(newClaim({ status: "completed" }), failed("x"), after(0)),
    ).toEqual({ kind: "settle" });
  });

  test("takes over a resumption whose process died, when that process can no longer start it", () => {
    const claim = newClaim({ resumption: 2 });
    const earlier = failed(platformMessage, 1);
    expect(startDeadlineMs).toBeLessThan(takeOverAfterMs);
    expect(decideEnd(claim, earlier, after(takeOverAfterMs - 1))).toEqual({
      kind: "wait",
    });
    expect(decideEnd(claim, earlier, after(takeOverAfterMs))).toMatchObject({
      kind: "resume",
      resumption: 2,
    });
  });

  test("never ends or resumes an orchestration that runs, waits or is settled", () => {
    fc.assert(
      fc.property(claims, instances, times, (claim, instance, ms) => {
        const { kind } = decideEnd(newClaim(claim), instance, after(ms));
        const runs = ["active", "suspended", "completed"].includes(
          instance.state,
        );
        if (runs || claim.waiting === true || claim.settled === true)
          expect(["none", "wait"]).toContain(kind);
      }),
    );
  });

  test("never resumes an ended row, and never counts above three resumptions", () => {
    fc.assert(
      fc.property(claims, instances, times, (claim, instance, ms) => {
        const decision = decideEnd(newClaim(claim), instance, after(ms));
        if (decision.kind !== "resume") return;
        expect(["pending", "running"]).toContain(claim.status);
        expect(decision.resumption).toBeLessThanOrEqual(maxResumptions);
        expect(decision.resumption).toBeGreaterThan(
          "resumption" in instance ? instance.resumption : 0,
        );
      }),
    );
  });

  test("never settles and resumes the same instance at different times", () => {
    fc.assert(
      fc.property(claims, instances, times, times, (claim, instance, a, b) => {
        const kinds = [a, b].map(
          (ms) => decideEnd(newClaim(claim), instance, after(ms)).kind,
        );
        expect(kinds.includes("resume") && kinds.includes("settle")).toBe(
          false,
        );
      }),
    );
  });

  test("never writes a second end, or an end before the last change of the row", () => {
    fc.assert(
      fc.property(claims, instances, times, (claim, instance, ms) => {
        const decision = decideEnd(newClaim(claim), instance, after(ms));
        if (decision.kind !== "settle") return;
        const hasEnd = claim.status !== "pending" && claim.status !== "running";
        expect(decision.end === undefined).toBe(hasEnd);
        if (decision.end !== undefined)
          expect(decision.end.endedAt >= claimedAt).toBe(true);
      }),
    );
  });
});
