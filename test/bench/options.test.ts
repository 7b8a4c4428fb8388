import { readBenchOptions } from "../../bench/options";

const known = ["chain10", "oneStep"];

describe("readBenchOptions", () => {
  test("selects all workloads at full size by default", () => {
    expect(readBenchOptions([], known)).toEqual({ names: known, size: "full" });
  });

  test("selects the workloads of --only and the size of --quick", () => {
    expect(readBenchOptions(["--only", "oneStep", "--quick"], known)).toEqual({
      names: ["oneStep"],
      size: "quick",
    });
  });

  test("throws an error that lists the workloads when --only names an unknown one", () => {
    expect(() => readBenchOptions(["--only", "chain10,fast"], known)).toThrow(
      "There is no workload named fast. The workloads are: chain10, oneStep.",
    );
  });
});
