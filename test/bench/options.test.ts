import { readOptions } from "../../bench/options";

const known = ["chain10", "oneStep"];

describe("the options of the benchmark", () => {
  test("choose everything in full by default", () => {
    expect(readOptions([], known)).toEqual({ names: known, size: "full" });
  });

  test("choose workloads and size", () => {
    expect(readOptions(["--only", "oneStep", "--quick"], known)).toEqual({
      names: ["oneStep"],
      size: "quick",
    });
  });

  test("name the workloads when one is not known", () => {
    expect(() => readOptions(["--only", "chain10,fast"], known)).toThrow(
      "There is no workload named fast. The workloads are: chain10, oneStep.",
    );
  });
});
