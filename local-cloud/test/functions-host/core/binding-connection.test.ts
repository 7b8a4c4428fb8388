import { findConnection } from "../../../functions-host/core/binding-connection";

const settings =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    values[name];

describe("findConnection", () => {
  test.each([
    [
      { AzureWebJobsBus: "a", Bus: "b" },
      { kind: "string", value: "a" },
    ],
    [{ Bus: "b" }, { kind: "string", value: "b", setting: "Bus" }],
    [
      { Bus__host: "h", Bus__clientId: "id" },
      { kind: "identity", value: "h", setting: "Bus__host", clientId: "id" },
    ],
    [
      { Bus: "", Bus__host: "h" },
      { kind: "identity", clientId: undefined },
    ],
  ])("finds the connection Bus in the settings %j", (values, expected) => {
    expect(findConnection("Bus", ["host"], settings(values))).toMatchObject(
      expected,
    );
  });

  test("returns undefined when no setting has the name of the connection", () => {
    expect(
      findConnection("Bus", ["host"], settings({ Bu: "x" })),
    ).toBeUndefined();
  });
});
