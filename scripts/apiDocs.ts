// Writes what docs/api.md, docs/command-line.md, docs/operations.md and docs/openapi.json take from the code: `npm run openapi`.
import { readFileSync, writeFileSync } from "node:fs"
import type * as Schema from "effect/Schema"
import { OpenApi } from "effect/http-api"
import { Api } from "../src/Api/contract/Api.ts"
import { scopedOperations } from "../src/Api/contract/scopedOperations.ts"
import { problemCatalog } from "../src/Api/contract/problems/problemCatalog.ts"
import { describedOption, type DescribedOption } from "../src/Domain/load/options/LoadOption.ts"
import { LoadOptions } from "../src/Domain/load/options/LoadOptions.ts"
import { ScheduleOptions } from "../src/Domain/refresh/ScheduleOptions.ts"
import { exitCodes } from "../src/Cli/ExitCode.ts"
import { Scope } from "../src/Domain/service/Scope.ts"
import { metricCatalog } from "../src/Domain/telemetry/metricCatalog.ts"
import type { MetricDefinition } from "../src/Domain/telemetry/MetricDefinition.ts"
import { prometheusName } from "../src/Domain/telemetry/prometheusText.ts"
import { loadErrorCatalog } from "../src/Domain/load/loadErrorCatalog.ts"
import { warningCatalog } from "../src/Domain/load/LoadWarning.ts"

type Table = ReadonlyArray<ReadonlyArray<string>>

const code = (text: string): string => `\`${text}\``

const asField = (name: string, value: Schema.Json): string =>
  (Array.isArray(value) ? value : [value])
    .map((each) => `${name}=${typeof each === "object" ? JSON.stringify(each) : String(each)}`)
    .join("&")

const ifOmitted = (option: DescribedOption): string =>
  option.ifOmitted ?? (option.default === undefined ? "detected" : code(String(option.default)))

const optionsOf = (fields: Schema.Struct.Fields): Table => [
  ["option", "meaning", "values", "if omitted", "example"],
  ...Object.entries(fields).map(([name, { ast }]) => {
    const option = describedOption(ast)!
    const { examples, meaning, values } = option
    return [code(name), meaning, values, ifOmitted(option), code(asField(name, examples[0]))]
  }),
]

export const optionTable: Table = optionsOf(LoadOptions.fields)

export const scheduleTable: Table = optionsOf(ScheduleOptions.fields)

export const problemTable: Table = [
  ["code", "status", "title"],
  ...Object.entries(problemCatalog).map(([name, { status, title }]) => [code(name), String(status), title]),
]

export const loadErrorTable: Table = [
  ["code", "retried", "meaning, and what to do"],
  ...Object.entries(loadErrorCatalog).map(([name, { isRetryable, meaning }]) => [
    code(name),
    isRetryable ? "yes" : "no",
    meaning,
  ]),
]

export const warningTable: Table = [
  ["code", "meaning"],
  ...Object.entries(warningCatalog).map(([name, meaning]) => [code(name), meaning]),
]

export const exitTable: Table = [
  ["code", "meaning"],
  ...Object.values(exitCodes).map(({ code: number, meaning }) => [code(String(number)), meaning]),
]

const attributesOf = ({ attributes }: MetricDefinition): string =>
  Object.entries(attributes)
    .map(([key, meaning]) => `${code(key)}: ${meaning}`)
    .join("; ")

export const metricTable: Table = [
  ["name, and in Prometheus", "kind, unit", "meaning", "attributes", "in"],
  ...Object.entries<MetricDefinition>(metricCatalog).map(([name, metric]) => [
    `${code(name)}, ${code(prometheusName(name))}`,
    `${metric.kind}, ${code(metric.unit)}`,
    metric.meaning,
    attributesOf(metric),
    metric.in,
  ]),
]

/** The requests that each scope allows. */
export const scopeTable: Table = [
  ["scope", "requests"],
  ...Scope.literals.map((scope) => {
    const requests = scopedOperations(Api)
      .filter((operation) => operation.scope === scope)
      .map(({ method, path }) => code(`${method} ${path}`))
    return [code(scope), scope === "admin" ? "all of these, for the jobs of every key" : requests.join(", ")]
  }),
]

export const openApi = (): string => `${JSON.stringify(OpenApi.fromApi(Api), null, 2)}\n`

const markdown = (table: Table): string => {
  const lines = table.map((cells) => `| ${cells.join(" | ")} |\n`)
  lines.splice(1, 0, `| ${table[0]!.map(() => "---").join(" | ")} |\n`)
  return lines.join("")
}

/** The first table after a heading. */
const tableAfter = (heading: string): RegExp => new RegExp(`(\\n#+ ${heading}\\n[^]*?\\n)((?:\\|.*\\n)+)`)

/** The cells of that table in a document, without the line that separates its header. */
export const readTable = (document: string, heading: string): Table =>
  (tableAfter(heading).exec(document)?.[2] ?? "")
    .split("\n")
    .filter((line) => line !== "" && !/^[|\s-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    )

const tables = {
  "docs/api.md": {
    "API keys": scopeTable,
    "Load options": optionTable,
    "Schedule options": scheduleTable,
    Warnings: warningTable,
    "Errors of a request": problemTable,
    "Errors of a job": loadErrorTable,
  },
  "docs/command-line.md": { "Exit codes": exitTable },
  "docs/operations.md": { "List of metrics": metricTable },
}

if (import.meta.main) {
  for (const [path, tablesOf] of Object.entries(tables)) {
    let document = readFileSync(path, "utf8")
    for (const [heading, table] of Object.entries<Table>(tablesOf))
      document = document.replace(tableAfter(heading), (_, before: string) => before + markdown(table))
    writeFileSync(path, document)
  }
  writeFileSync("docs/openapi.json", openApi())
}
