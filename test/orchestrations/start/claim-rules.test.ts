import fc from "fast-check";
import {
  isAbandoned,
  mayStart,
} from "../../../src/orchestrations/start/claim-rules";

const takenAt = Date.parse("2026-01-01T00:00:00Z");
const claim = {
  claimedAt: new Date(takenAt).toISOString(),
  summary: {
    id: "a",
    workflow: "w",
    version: "1",
    status: "pending",
    tags: {},
    createdAt: "",
    updatedAt: "",
  },
} as const;

describe("claim rules", () => {
  test("never allow the holder to start and another process to take over at the same time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120_000 }), (ageMs) => {
        const now = new Date(takenAt + ageMs);
        expect(
          mayStart(new Date(takenAt), now) && isAbandoned(claim, now),
        ).toBe(false);
      }),
    );
  });

  test("never consider a running orchestration abandoned", () => {
    const running = {
      ...claim,
      summary: { ...claim.summary, status: "running" },
    } as const;
    expect(isAbandoned(running, new Date(takenAt + 1e9))).toBe(false);
  });
});
