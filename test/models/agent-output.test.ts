import { parseAgentOutput } from "../../src/models/agent-output";

const agent = {
  name: "rater",
  outputSchema: {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { risk: { type: "integer" }, on: { format: "date" } },
    required: ["risk"],
    additionalProperties: false,
  },
};

describe("parseAgentOutput", () => {
  test("returns the unchanged text of an agent without an output schema", () => {
    expect(parseAgentOutput({ name: "writer" }, '{"risk": 3}')).toBe(
      '{"risk": 3}',
    );
  });

  test("parses JSON with and without a Markdown fence", () => {
    expect(parseAgentOutput(agent, '{"risk": 3}')).toEqual({ risk: 3 });
    expect(parseAgentOutput(agent, '```json\n{"risk": 3}\n```')).toEqual({
      risk: 3,
    });
  });

  test("names every field that does not satisfy the schema", () => {
    expect(() =>
      parseAgentOutput(agent, '{"risk": "high", "on": "soon"}'),
    ).toThrow(
      expect.objectContaining({
        code: "output_invalid",
        message: expect.stringMatching(
          /rater.*\/risk must.*\/on must/,
        ) as string,
      }) as Error,
    );
    expect(() => parseAgentOutput(agent, "It is high.")).toThrow("not JSON");
  });

  test("throws configuration_invalid when the schema itself is invalid", () => {
    const broken = { ...agent, outputSchema: { type: "riddle" } };
    expect(() => parseAgentOutput(broken, "{}")).toThrow(
      expect.objectContaining({ code: "configuration_invalid" }) as Error,
    );
  });
});
