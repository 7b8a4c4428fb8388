import { openWorld, type World } from "./world";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
test("x", () => {
  const d = world.deployment("prod");
  process.stdout.write(
    d.resources
      .map((r) => `${r.path} ${r.type} ${r.name} on ${r.on}`)
      .join("\n") + JSON.stringify(d.outputs, null, 1),
  );
  world.deployment("dev");
});
