import { readFileSync } from "node:fs";

const page = readFileSync("docs/cost.md", "utf8");

/** Functions that Flex Consumption scales by themselves: all but those of HTTP and of orchestrations. */
const scaledAlone = [
  ...readFileSync("src/triggers/service-bus.ts", "utf8").matchAll(
    /^ {2}register\("(\w+)"/gm,
  ),
  ...readFileSync("src/triggers/timers.ts", "utf8").matchAll(
    /app\.client\.timer\("(\w+)"/g,
  ),
].map(([, name = ""]) => name);

test("instances that zones keep ready are reckoned from the functions that there are", () => {
  expect(scaledAlone).toHaveLength(3);
  for (const name of scaledAlone) expect(page).toContain(`\`${name}\``);
  const instances = 2 * (2 + scaledAlone.length);
  expect(page).toContain(
    `${instances} × 2 GB × 2,628,000 s × 0.000004 per GB-s`,
  );
  const dollars = instances * 2 * 2_628_000 * 0.000004;
  expect(Math.abs(dollars - 210)).toBeLessThan(5);
});

test("the sweep is reckoned from its schedule", () => {
  const timers = readFileSync("src/triggers/timers.ts", "utf8");
  const [, seconds] = /schedule: "\*\/(\d+) \* \* \* \* \*"/.exec(timers) ?? [];
  const times = (30 * 86_400) / Number(seconds);
  expect(page).toContain(`${times.toLocaleString("en-US")} times in 30 days`);
  const dollars = times * 2 * 0.000026;
  expect(page).toContain(`That is ${dollars.toFixed(2)},`);
});
