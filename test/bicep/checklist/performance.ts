import {
  sourceFiles,
  prodResources,
  type Row,
  problemUnless,
  mismatches,
} from "./row";
import { resourcesOfType } from "../repository";

export const performance: readonly Row[] = [
  {
    number: 51,
    requirement:
      "clients are created once, and requests use no synchronous I/O",
    problems: (repository) => {
      const clients = repository.text("src/app/create-clients.ts");
      return [
        ...["createStorage", "createLanguageModel"]
          .filter((create) => !clients.includes(`memoize(() => ${create}(`))
          .map(
            (create) => `src/app/create-clients.ts: ${create} is not memoized`,
          ),
        ...sourceFiles(repository)
          .filter(([path]) => !path.startsWith("src/config/")) // Runs once, at start-up.
          .filter(([, text]) =>
            /\b(read|write|append|exists|mkdir|exec|spawn|scrypt|pbkdf2)\w*Sync\(/.test(
              text,
            ),
          )
          .map(([path]) => `${path} uses synchronous I/O`),
      ];
    },
    violations: [
      {
        path: "src/app/create-clients.ts",
        from: "memoize(() => createStorage(",
        to: "(() => createStorage(",
      },
      {
        path: "src/domain/errors.ts",
        from: "export type ErrorCode =",
        to: 'readFileSync("x");\nexport type ErrorCode =',
      },
    ],
  },
  {
    number: 52,
    requirement:
      "instances have at least 2 GiB of memory, the bundle is small and loads quickly, and histories contain no large values",
    problems: (repository) => {
      // The tests in test/package check the size against this budget, the benchmark coldStart the loading time.
      const budget = repository.json("bench/package-budget.json") as {
        readonly bundleBytes: number;
        readonly loadMs: number;
      };
      const memory =
        "properties.functionAppConfig.scaleAndConcurrency.instanceMemoryMB";
      const isSufficient = (megabytes: unknown) => Number(megabytes) >= 2048;
      const [, kibibytes] =
        /InlineLimitBytes = (\d+) \* 1024;/.exec(
          repository.text("src/domain/payload.ts"),
        ) ?? [];
      return [
        ...mismatches(
          prodResources(repository, "Microsoft.Web/sites"),
          memory,
          isSufficient,
        ),
        ...mismatches(
          resourcesOfType(repository.deployment("dev"), "Microsoft.Web/sites"),
          memory,
          isSufficient,
        ),
        ...problemUnless(
          budget.bundleBytes <= 5 * 2 ** 20,
          "bench/package-budget.json: bundleBytes allows more than 5 MiB",
        ),
        ...problemUnless(
          budget.loadMs <= 600,
          "bench/package-budget.json: loadMs allows more than 600 ms",
        ),
        ...problemUnless(
          Number(kibibytes) <= 48,
          "src/domain/payload.ts: values that do not fit into a queue message are kept inline",
        ),
      ];
    },
    violations: [
      {
        path: "bicep/main.bicep",
        from: "param instanceMemoryMB int = 2048",
        to: "param instanceMemoryMB int = 512",
      },
      {
        path: "bench/package-budget.json",
        from: '"bundleBytes": 5242880',
        to: '"bundleBytes": 52428800',
      },
      {
        path: "bench/package-budget.json",
        from: '"loadMs": 600',
        to: '"loadMs": 6000',
      },
      {
        path: "src/domain/payload.ts",
        from: "payloadInlineLimitBytes = 32 * 1024",
        to: "payloadInlineLimitBytes = 320 * 1024",
      },
    ],
  },
];
