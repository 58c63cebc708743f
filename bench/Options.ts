import { parseArgs } from "node:util"

const cases = [
  "a",
  "b",
  "c",
  "d",
  "e",
  "f",
  "g",
  "scan",
  "types",
  "formats",
  "gzip",
  "encodings",
  "rejects",
  "copy",
  "many",
  "slow",
  "small",
  "modes",
  "upload",
  "export",
  "rows",
  "jobs",
] as const
type Case = (typeof cases)[number]

export interface Options {
  /** Small files and one run each: checks that everything works, measures little. */
  readonly quick: boolean
  readonly only: ReadonlySet<Case>
  /** Rounds; each contender loads once per round. */
  readonly runs: number
  /** Writes the report to bench/RESULTS.md as well. */
  readonly record: boolean
  /** Rows of the file, for the cases that take it. */
  readonly rows: number | undefined
  /** The folder of another checkout of Sluice, for the cases that can compare with one. */
  readonly baseline: string | undefined
}

export const usage = `npm run bench -- [--quick] [--only a,b,…] [--runs N] [--record] [--baseline DIR]

  --quick    small files, one run each: checks that everything works, measures little
  --only     cases, comma-separated; all by default
  --runs N   runs, for the median (3; with --quick 1)
  --record   write the report to bench/RESULTS.md as well
  --rows N   rows of the file (modes) or of the table (rows), or jobs (jobs)
  --baseline DIR   another checkout of Sluice, to compare with in the same run (small)

  a  narrow columns, 500 MB          e  one file with 1, 2 and 3 COPY streams
  b  quoted text, 500 MB             f  growth: 100 MB, 500 MB, 2 GB
  c  300 columns, 200 MB             g  a naive worker, pgloader, ogr2ogr
  d  1,000 files of 10 kB, latency   scan  the CSV scanner alone
                                     types  types=infer against psql and text, 500 MB
                                     formats  CSV, text and binary rows: CPU of the backend
                                     gzip  compressed files against curl, gunzip and psql
                                     encodings  UTF-16 and East Asian files against UTF-8
                                     rejects  files of rejected records
                                     copy  CopyIn against pg-copy-streams
                                     many  8 files of 100 MB at once
                                     slow  a small job after slow sources
                                     small  files of 10 kB: cost per job against psql
                                     modes  append, replace and upsert against the SQL of an expert
                                     upload  uploads against downloads, up to 2 GB
                                     export  exports as CSV against psql's \\copy to, up to 2 GB
                                     rows  pages of rows of a table of 10 million
                                     jobs  pages of the list of a million jobs

If DATABASE_URL is set, the bench creates a database on that server and drops it; else it starts a Postgres.`

const isCase = (text: string): text is Case => cases.some((name) => name === text)

/** Parses the command line; returns an error message if it is invalid. */
export const parseOptions = (argv: ReadonlyArray<string>): Options | string => {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string" },
        runs: { type: "string" },
        record: { type: "boolean", default: false },
        rows: { type: "string" },
        baseline: { type: "string" },
      },
    })
    const wanted = values.only?.split(",").map((name) => name.trim()) ?? cases
    const only = wanted.filter(isCase)
    const unknown = wanted.filter((name) => !isCase(name))
    if (unknown.length > 0) return `no such case: ${unknown.join(", ")}`
    const runs = values.runs === undefined ? (values.quick ? 1 : 3) : Number(values.runs)
    if (!Number.isInteger(runs) || runs < 1) return "--runs takes a positive integer"
    const rows = values.rows === undefined ? undefined : Number(values.rows)
    if (rows !== undefined && (!Number.isInteger(rows) || rows < 1)) return "--rows takes a positive integer"
    return {
      quick: values.quick,
      only: new Set(only),
      runs,
      record: values.record,
      rows,
      baseline: values.baseline,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
