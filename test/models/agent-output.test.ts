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

describe("toOutput", () => {
  test("gives the text of an agent without a schema as it is", () => {
    expect(parseAgentOutput({ name: "writer" }, '{"risk": 3}')).toBe(
      '{"risk": 3}',
    );
  });

  test("gives the object, also out of a Markdown fence", () => {
    expect(parseAgentOutput(agent, '{"risk": 3}')).toEqual({ risk: 3 });
    expect(parseAgentOutput(agent, '```json\n{"risk": 3}\n```')).toEqual({
      risk: 3,
    });
  });

  test("names every place where the answer does not fit", () => {
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

  test("blames the schema when that is the one at fault", () => {
    const broken = { ...agent, outputSchema: { type: "riddle" } };
    expect(() => parseAgentOutput(broken, "{}")).toThrow(
      expect.objectContaining({ code: "configuration_invalid" }) as Error,
    );
  });
});
