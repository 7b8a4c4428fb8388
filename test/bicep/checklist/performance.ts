import { code, inProd, type Row, unless, unlike } from "./row";
import { ofType } from "../world";

export const performance: readonly Row[] = [
  {
    number: 51,
    requirement: "clients are made once, and nothing blocks the thread",
    problems: (world) => {
      const main = world.text("src/main.ts");
      return [
        ...["openStorage", "selectModel"]
          .filter((make) => !main.includes(`once(() => ${make}(`))
          .map((make) => `src/main.ts: ${make} is not called once`),
        ...code(world)
          .filter(([path]) => path !== "src/config.ts") // at the start, once
          .filter(([, text]) =>
            /\b(read|write|append|exists|mkdir|exec|spawn|scrypt|pbkdf2)\w*Sync\(/.test(
              text,
            ),
          )
          .map(([path]) => `${path} blocks the thread`),
      ];
    },
    breaking: [
      {
        path: "src/main.ts",
        from: "once(() => openStorage(",
        to: "(() => openStorage(",
      },
      {
        path: "src/errors.ts",
        from: "export type ErrorCode =",
        to: 'readFileSync("x");\nexport type ErrorCode =',
      },
    ],
  },
  {
    number: 52,
    requirement:
      "instances have memory, one small bundle is loaded quickly, and large values stay out of histories",
    problems: (world) => {
      // Held against the package by test/package.
      const budget = world.json("test/package/budget.json") as {
        readonly bundleBytes: number;
        readonly loadMs: number;
      };
      const memory =
        "properties.functionAppConfig.scaleAndConcurrency.instanceMemoryMB";
      const enough = (megabytes: unknown) => Number(megabytes) >= 2048;
      const [, kibibytes] =
        /inlineLimitBytes = (\d+) \* 1024;/.exec(
          world.text("src/model/payload.ts"),
        ) ?? [];
      return [
        ...unlike(inProd(world, "Microsoft.Web/sites"), memory, enough),
        ...unlike(
          ofType(world.deployment("dev"), "Microsoft.Web/sites"),
          memory,
          enough,
        ),
        ...unless(
          budget.bundleBytes <= 5 * 2 ** 20,
          "test/package/budget.json: a bundle may be larger than 5 MiB",
        ),
        ...unless(
          budget.loadMs <= 600,
          "test/package/budget.json: the bundle may take longer than 600 ms to load",
        ),
        ...unless(
          Number(kibibytes) <= 48,
          "src/model/payload.ts: values above what a queue message holds are kept inline",
        ),
      ];
    },
    breaking: [
      {
        path: "bicep/main.bicep",
        from: "param instanceMemoryMB int = 2048",
        to: "param instanceMemoryMB int = 512",
      },
      {
        path: "test/package/budget.json",
        from: '"bundleBytes": 5242880',
        to: '"bundleBytes": 52428800',
      },
      {
        path: "test/package/budget.json",
        from: '"loadMs": 600',
        to: '"loadMs": 6000',
      },
      {
        path: "src/model/payload.ts",
        from: "inlineLimitBytes = 32 * 1024",
        to: "inlineLimitBytes = 320 * 1024",
      },
    ],
  },
];
