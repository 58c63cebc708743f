import type { Violation } from "./Invariants.ts"
import type { Outcome } from "./Matrix.ts"
import type { Summary } from "./Samples.ts"

/** The result of a run. */
export interface Result {
  readonly seed: number
  readonly seconds: number
  readonly jobs: Readonly<Record<string, number>>
  /** Number of injected faults by name. */
  readonly faults: Readonly<Record<string, number>>
  /** Number of downloads that the source has broken, by kind. */
  readonly downloads: Readonly<Record<string, number>>
  readonly recovery: ReadonlyArray<Summary>
  readonly cancelToGone: ReadonlyArray<Summary>
  readonly matrix: ReadonlyArray<Outcome>
  readonly violations: ReadonlyArray<Violation>
}

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): string => {
  const numeric = head.map((_, column) => rows.every((row) => typeof row[column] === "number"))
  return [
    `| ${head.join(" | ")} |`,
    `| ${numeric.map((isNumber) => (isNumber ? "--:" : "---")).join(" | ")} |`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n")
}

const counted = (title: string, counts: Readonly<Record<string, number>>) =>
  table([title, "count"], Object.entries(counts))

const durations = (title: string, summaries: ReadonlyArray<Summary>) =>
  table(
    [title, "n", "p50, ms", "p95, ms", "max, ms"],
    summaries.map(({ count, max, name, p50, p95 }) => [name, count, p50, p95, max]),
  )

/** The final states of the jobs, and their attempts, by step and fault. */
const steps = (matrix: ReadonlyArray<Outcome>): string => {
  const faults = [...new Set(matrix.map(({ fault }) => fault))]
  const keys = [...new Set(matrix.map(({ mode, moment, step }) => `${mode}: ${moment} ${step}`))]
  return table(
    ["step", ...faults],
    keys.map((key) => {
      const ofStep = matrix.filter(({ mode, moment, step }) => `${mode}: ${moment} ${step}` === key)
      const outcomes = faults.map((fault) =>
        ofStep
          .filter((one) => one.fault === fault)
          .map(({ attempts, state }) => `${state} (${attempts})`)
          .join(", "),
      )
      return [key].concat(outcomes)
    }),
  )
}

const sum = (counts: Readonly<Record<string, number>>, ...names: ReadonlyArray<RegExp>): number =>
  Object.entries(counts)
    .filter(([name]) => names.some((pattern) => pattern.test(name)))
    .reduce((sum, [, count]) => sum + count, 0)

/** The most important figures. */
export const headline = ({ downloads, faults, jobs, violations }: Result) => ({
  jobs: jobs["posted"] ?? 0,
  kills: sum(faults, /^kill -9 of (?:a worker|the API)/),
  "Postgres restarts and ended backends": sum(faults, /^Postgres restart/, /backend/),
  "downloads cut or stalled":
    sum(downloads, /^(?:fin|rst|stall|truncate|changed)$/) + sum(faults, /^source connection/),
  "database connections cut or half-open": sum(faults, /^(?:all )?database connections? (?:cut|half-open)/),
  cancels: jobs["cancels with response 200"] ?? 0,
  violations: violations.length,
})

/** The report, as Markdown. */
export const render = (result: Result): string =>
  [
    `Seed ${result.seed}, ${result.seconds} s.`,
    counted("what", headline(result)),
    counted("jobs", result.jobs),
    counted("injected fault", result.faults),
    counted("download broken by the source", result.downloads),
    durations("fault until next attempt", result.recovery),
    durations("cancel response until nothing is left", result.cancelToGone),
    ...(result.matrix.length === 0 ? [] : [steps(result.matrix)]),
    result.violations.length === 0
      ? "No violations."
      : table(
          ["violation", "job", "detail"],
          result.violations.map(({ detail, jobId, rule }) => [rule, jobId ?? "", detail]),
        ),
  ].join("\n\n")
