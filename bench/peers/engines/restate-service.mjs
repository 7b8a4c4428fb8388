// What bench/app/functions.ts is to AOS: orchestrations as handlers, activities as `ctx.run`, the entity as an object.
import process from "node:process";
import * as restate from "@restatedev/restate-sdk";

// The SDK uses this function of Node.js 22; on 20, which AOS supports, it has to be there.
Promise.withResolvers ??= function withResolvers() {
  let settle;
  const promise = new this((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
};

const nothing = () => null;

const counter = restate.object({
  name: "counter",
  handlers: {
    add: async (context) => {
      const next = ((await context.get("count")) ?? 0) + 1;
      context.set("count", next);
      return next;
    },
    get: async (context) => (await context.get("count")) ?? 0,
  },
});

const bench = restate.service({
  name: "bench",
  handlers: {
    chain: async (context, steps) => {
      for (let step = 0; step < steps; step += 1)
        await context.run("nothing", nothing);
      return steps;
    },
    fanOut: async (context, width) => {
      const steps = Array.from({ length: width }, () =>
        context.run("nothing", nothing),
      );
      return (await restate.RestatePromise.all(steps)).length;
    },
    countUp: async (context, { counter: key, times }) => {
      const object = context.objectClient(counter, key);
      let count = 0;
      for (let time = 0; time < times; time += 1) count = await object.add();
      return count;
    },
    countOf: (context, key) => context.objectClient(counter, key).get(),
  },
});

await restate.serve({
  services: [bench, counter],
  port: Number(process.argv[2]),
});
