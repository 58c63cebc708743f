import { readdirSync } from "node:fs"
import { posix } from "node:path"
import { defineConfig, type OxlintOverride } from "oxlint"

/**
 * Import directions: folders of `src` and the folders that they may import besides themselves, both with the folders below
 * that have no line of their own. `docs/architecture.md` explains them. A `main.ts` may import anything.
 */
export const mayImport: Readonly<Record<string, ReadonlyArray<string>>> = {
  Bytes: ["Domain/load"],
  "Domain/load": [],
  "Domain/source": ["Domain/load"],
  "Domain/service": [],
  "Domain/job": ["Domain/load", "Domain/source", "Domain/service"],
  "Domain/telemetry": ["Domain/job"],
  "Csv/record": ["Bytes", "Domain/load"],
  "Csv/detect": [
    "Bytes",
    "Csv/record",
    "Csv/detect/cell",
    "Csv/detect/table",
    "Csv/detect/cost",
    "Csv/detect/header",
    "Domain/load",
  ],
  "Csv/detect/header": ["Csv/detect/cell", "Csv/detect/cost", "Domain/load"],
  "Csv/detect/cell": ["Bytes"],
  "Csv/detect/table": ["Bytes", "Csv/record", "Csv/detect/cell"],
  "Csv/detect/cost": ["Bytes", "Csv/detect/cell", "Csv/detect/table"],
  "Csv/encoding/characters": ["Domain/load"],
  "Csv/encoding/guess": ["Bytes", "Csv/record", "Csv/encoding/characters", "Domain/load"],
  "Csv/encoding/vector/assembly": [],
  "Csv/encoding/vector": ["Bytes", "Csv/encoding/vector/assembly"],
  "Csv/encoding": [
    "Bytes",
    "Csv/record",
    "Csv/encoding/characters",
    "Csv/encoding/guess",
    "Csv/encoding/vector",
    "Domain/load",
  ],
  "Csv/types": ["Bytes", "Domain/load"],
  "Csv/columns": ["Bytes", "Csv/record", "Csv/types", "Domain/load"],
  "Csv/sample": ["Bytes", "Csv/record", "Csv/detect", "Csv/encoding", "Domain/load"],
  "Csv/rewrite": ["Bytes", "Csv/encoding", "Csv/sample", "Domain/load"],
  "Csv/format": [
    "Bytes",
    "Csv/detect/cell",
    "Csv/detect/table",
    "Csv/record",
    "Csv/rewrite",
    "Csv/sample",
    "Domain/load",
  ],
  "Csv/repair": ["Bytes", "Csv/record", "Domain/load"],
  "Csv/scan/vector/assembly": [],
  "Csv/scan/vector": ["Bytes", "Csv/record", "Csv/scan/vector/assembly"],
  "Csv/scan": [
    "Bytes",
    "Csv/record",
    "Csv/encoding",
    "Csv/repair",
    "Csv/scan/vector",
    "Csv/scan/vector/assembly",
    "Domain/load",
  ],
  Csv: [
    "Bytes",
    "Csv/record",
    "Csv/encoding",
    "Csv/format",
    "Csv/rewrite",
    "Csv/sample",
    "Csv/scan",
    "Domain/load",
  ],
  "Layers/process": ["Domain/load", "Domain/service", "Domain/source"],
  "Layers/telemetry": [
    "Domain/load",
    "Domain/service",
    "Domain/source",
    "Domain/telemetry",
    "Layers/database/postgres",
    "Layers/process",
  ],
  "Layers/embedded": ["Layers/process"],
  "Layers/source/decompress": ["Bytes", "Domain/load"],
  "Layers/source/dns": ["Domain/source"],
  "Layers/source/guard": ["Domain/source", "Layers/process", "Layers/source/dns"],
  "Layers/source/request": [
    "Domain/load",
    "Domain/source",
    "Domain/telemetry",
    "Layers/source/decompress",
    "Layers/source/guard",
  ],
  "Layers/source/download": [
    "Domain/load",
    "Domain/source",
    "Domain/telemetry",
    "Layers/source/guard",
    "Layers/source/request",
  ],
  "Layers/source": [
    "Domain/load",
    "Domain/source",
    "Domain/telemetry",
    "Layers/process",
    "Layers/source/decompress",
    "Layers/source/download",
    "Layers/source/guard",
    "Layers/source/request",
  ],
  "Layers/database/settings": ["Domain/load", "Layers/process"],
  "Layers/database/postgres": [
    "Domain/service",
    "Domain/source",
    "Layers/database/settings",
    "Layers/process",
  ],
  "Layers/database/migrations": ["Domain/load", "Layers/database/postgres", "Layers/process"],
  "Layers/database/queue": ["Domain/job", "Domain/service", "Layers/database/postgres", "Layers/process"],
  "Layers/database/liveness": [
    "Domain/job",
    "Domain/load",
    "Domain/service",
    "Domain/telemetry",
    "Layers/database/postgres",
    "Layers/database/queue",
    "Layers/process",
  ],
  "Layers/database/limits": ["Domain/service", "Layers/database/postgres"],
  "Layers/database/session": [
    "Domain/load",
    "Domain/service",
    "Domain/telemetry",
    "Layers/database/postgres",
    "Layers/database/settings",
    "Layers/process",
  ],
  "Layers/database/target": [
    "Domain/job",
    "Domain/load",
    "Layers/database/postgres",
    "Layers/database/session",
  ],
  "Layers/database/jobs": [
    "Domain/job",
    "Domain/load",
    "Domain/service",
    "Domain/source",
    "Layers/database/liveness",
    "Layers/database/postgres",
    "Layers/database/queue",
    "Layers/database/target",
    "Layers/process",
  ],
  "Layers/database/copy": [
    "Domain/job",
    "Domain/load",
    "Domain/telemetry",
    "Layers/database/jobs",
    "Layers/database/postgres",
    "Layers/database/queue",
    "Layers/database/session",
    "Layers/database/target",
    "Layers/process",
  ],
  "Layers/database": [
    "Domain/job",
    "Domain/load",
    "Domain/service",
    "Domain/source",
    "Domain/telemetry",
    "Layers/database/copy",
    "Layers/database/jobs",
    "Layers/database/limits",
    "Layers/database/liveness",
    "Layers/database/migrations",
    "Layers/database/postgres",
    "Layers/database/queue",
    "Layers/database/session",
    "Layers/database/target",
    "Layers/database/settings",
    "Layers/process",
  ],
  Layers: [
    "Domain/service",
    "Layers/database",
    "Layers/database/copy",
    "Layers/database/jobs",
    "Layers/database/liveness",
    "Layers/database/migrations",
    "Layers/database/postgres",
    "Layers/database/queue",
    "Layers/database/session",
    "Layers/process",
    "Layers/source",
    "Layers/telemetry",
  ],
  "Api/preview": ["Csv", "Csv/columns", "Csv/record", "Domain/load", "Domain/source"],
  "Api/contract": ["Domain/job", "Domain/load", "Domain/service", "Domain/source", "Domain/telemetry"],
  "Api/http": [
    "Api/contract",
    "Domain/job",
    "Domain/load",
    "Domain/service",
    "Domain/source",
    "Domain/telemetry",
  ],
  "Api/handlers": [
    "Api/contract",
    "Api/http",
    "Api/preview",
    "Domain/job",
    "Domain/load",
    "Domain/service",
    "Domain/source",
    "Domain/telemetry",
  ],
  Api: ["Api/contract", "Api/handlers", "Api/http"],
  Worker: [
    "Csv",
    "Csv/columns",
    "Domain/job",
    "Domain/load",
    "Domain/service",
    "Domain/source",
    "Domain/telemetry",
  ],
}

const escaped = (text: string): string => text.replaceAll(/[.\\/]/g, String.raw`\$&`)

/** A specifier of a file directly in `to`, as a file directly in `from` writes it. */
const filesOf = (from: string, to: string): string => {
  const path = posix.relative(from, to)
  return `^${escaped(path.startsWith(".") ? path : `./${path}`)}/[^/]+$`
}

/** Folders that reach the outside world: all others are pure, or work through Domain's contracts. */
const hasDrivers = (folder: string): boolean => folder.startsWith("Layers")

/** The folder whose line of the table applies to this one: itself, or the nearest one above it. */
const rowOf = (folder: string): string =>
  folder in mayImport || folder === "." ? folder : rowOf(posix.dirname(folder))

const folders = readdirSync("src", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name, parentPath }) => posix.relative("src", posix.join(parentPath, name)))

const mayReach = (from: string, to: string): boolean =>
  rowOf(to) === rowOf(from) || mayImport[rowOf(from)]?.includes(rowOf(to)) === true

const directions: Array<OxlintOverride> = folders.map((folder) => ({
  files: [`src/${folder}/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...folders
            .filter((other) => !mayReach(folder, other))
            .map((other) => ({
              regex: filesOf(folder, other),
              message: `src/${folder} may not import src/${other}: see oxlint.config.ts and docs/architecture.md.`,
            })),
          ...(hasDrivers(folder)
            ? []
            : [
                {
                  group: [
                    "node:*",
                    "node:*/*",
                    "@effect/*",
                    "@effect/*/*",
                    "pg",
                    "pg-boss",
                    "pg-copy-streams",
                  ],
                  message: "Drivers and I/O belong in src/Layers.",
                },
              ]),
        ],
      },
    ],
  },
}))

export default defineConfig({
  // AssemblyScript, which is not quite TypeScript, and its compiled form.
  ignorePatterns: ["src/Csv/*/vector/assembly/**", "src/Csv/*/vector/Compiled.ts"],
  plugins: ["typescript", "unicorn", "oxc", "import", "vitest"],
  jsPlugins: ["./scripts/lintRules.ts"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "off",
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "max-lines": ["error", { max: 300, skipComments: true, skipBlankLines: true }],
    "no-empty": ["error", { allowEmptyCatch: false }],
    // Effect's generators often hold a single `return yield*`, and `_tag` is its discriminator.
    "require-yield": "off",
    "no-underscore-dangle": "off",
    // `Effect.gen` bodies reuse short names on purpose.
    "no-shadow": "off",
    // The hot path awaits in loops because order is the point (back-pressure).
    "no-await-in-loop": "off",
    // Entry points are modules imported for their effect.
    "import/no-unassigned-import": "off",
  },
  overrides: [
    ...directions,
    // Tests name their own tables.
    { files: ["src/**/*.ts", "bench/**/*.ts", "scripts/**/*.ts"], rules: { "sluice/no-sql-names": "error" } },
    { files: ["src/main.ts", "src/*/main.ts"], rules: { "no-restricted-imports": "off" } },
  ],
})
