import { readdirSync } from "node:fs"
import { posix } from "node:path"
import { defineConfig, type OxlintOverride } from "oxlint"
import { mayImport } from "./scripts/importDirections.ts"

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
  files: [`src/${folder}/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...folders
            .filter((other) => !mayReach(folder, other))
            .map((other) => ({
              regex: filesOf(folder, other),
              message: `src/${folder} may not import src/${other}: see scripts/importDirections.ts and docs/architecture.md.`,
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
    { files: ["src/main.ts", "src/**/main.ts"], rules: { "no-restricted-imports": "off" } },
  ],
})
