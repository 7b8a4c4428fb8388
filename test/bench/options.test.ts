import { readBenchOptions } from "../../bench/options";

const known = ["chain10", "oneStep"];

describe("the options of the benchmark", () => {
  test("choose everything in full by default", () => {
    expect(readBenchOptions([], known)).toEqual({ names: known, size: "full" });
  });

  test("choose workloads and size", () => {
    expect(readBenchOptions(["--only", "oneStep", "--quick"], known)).toEqual({
      names: ["oneStep"],
      size: "quick",
    });
  });

  test("name the workloads when one is not known", () => {
    expect(() => readBenchOptions(["--only", "chain10,fast"], known)).toThrow(
      "There is no workload named fast. The workloads are: chain10, oneStep.",
    );
  });
});
