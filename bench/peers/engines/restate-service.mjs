// The counterpart of bench/app/functions.ts: orchestrations are handlers, activities are `ctx.run`, the entity is an object.
import process from "node:process";
import * as restate from "@restatedev/restate-sdk";

// The SDK needs this function of Node.js 22, and AOS also supports Node.js 20.
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
