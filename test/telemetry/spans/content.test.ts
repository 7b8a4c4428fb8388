import {
  contentAttributes,
  setContentRecording,
} from "../../../src/telemetry/spans/content";

describe("contentAttributes", () => {
  afterEach(() => {
    setContentRecording(false);
  });

  test("does not evaluate the values unless content is enabled", () => {
    const values = jest.fn(() => ({ message: "hello" }));
    expect(contentAttributes(values)).toEqual({});
    expect(values).not.toHaveBeenCalled();
  });

  test("redacts the values when content is enabled", () => {
    setContentRecording(true);
    expect(contentAttributes(() => ({ message: "sig: ?sig=abc" }))).toEqual({
      message: '"sig: ?sig=[redacted]"',
    });
  });
});
