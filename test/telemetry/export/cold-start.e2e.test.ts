import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

const loadedFiles = (
  env: Readonly<Record<string, string>>,
): readonly string[] => {
  const program = `
    require(${JSON.stringify(resolve("dist/src/main.js"))});
    console.log("LOADED" + JSON.stringify(Object.keys(require.cache)));
    process.exit();
  `;
  const output = execFileSync(process.execPath, ["-e", program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      PATH: process.env["PATH"],
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      ...env,
    },
  });
  return JSON.parse(output.slice(output.indexOf("LOADED") + 6)) as string[];
};

test("registering the functions loads the OpenTelemetry API and not its SDK", () => {
  const files = loadedFiles({
    APPLICATIONINSIGHTS_CONNECTION_STRING:
      "InstrumentationKey=00000000-0000-0000-0000-000000000000",
  });
  expect(files.some((file) => file.includes("@opentelemetry/api/"))).toBe(true);
  expect(
    files.filter((file) =>
      /@opentelemetry\/(sdk|exporter|resources)|monitor-opentelemetry/.test(
        file,
      ),
    ),
  ).toEqual([]);
});
