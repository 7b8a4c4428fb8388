import { spawnSync } from "node:child_process";

const run = (...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
  });
  return { status, stderr };
};

test("the generated parts of docs/ match the code", () => {
  expect(run("scripts/reference.mjs", "--check")).toEqual({
    status: 0,
    stderr: "",
  });
});

test("the graph in docs/architecture.md matches the imports", () => {
  expect(run("scripts/graph.mjs", "--check")).toEqual({
    status: 0,
    stderr: "",
  });
});
