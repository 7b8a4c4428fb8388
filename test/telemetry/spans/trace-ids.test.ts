import {
  parseTraceparent,
  rootSpanContext,
} from "../../../src/telemetry/spans/trace-ids";

const trace = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";

test("rootSpanContext uses the request's trace, or else derives one from the orchestration id", () => {
  const context = rootSpanContext("o", `00-${trace}-${parent}-00`);
  expect(context).toMatchObject({ traceId: trace, spanId: parent });
  expect(rootSpanContext("o", undefined)).toEqual(
    rootSpanContext("o", undefined),
  );
  expect(rootSpanContext("o", undefined)).not.toEqual(
    rootSpanContext("p", undefined),
  );
});

test.each([undefined, 5, "", `00-${"0".repeat(32)}-${parent}-01`, "00-x-y-01"])(
  "parseTraceparent returns undefined for %p",
  (value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  },
);
