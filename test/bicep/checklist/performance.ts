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
      "instances have memory, and large values stay out of histories",
    problems: (world) => {
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
        path: "src/model/payload.ts",
        from: "inlineLimitBytes = 32 * 1024",
        to: "inlineLimitBytes = 320 * 1024",
      },
    ],
  },
];
