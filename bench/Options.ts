import { parseArgs } from "node:util"

const caseLetters = ["a", "b", "c", "d", "e", "f", "g", "scan", "types", "rejects", "copy"] as const
type CaseLetter = (typeof caseLetters)[number]

export interface Options {
  /** Small files and one run each: shows that everything works, measures little. */
  readonly quick: boolean
  readonly only: ReadonlySet<CaseLetter>
  /** Rounds; each contender loads once in each. */
  readonly runs: number
  /** Writes the report to bench/RESULTS.md as well. */
  readonly record: boolean
}

export const usage = `npm run bench -- [--quick] [--only a,b,…] [--runs N] [--record]

  --quick    small files, one run each, under two minutes: shows that it works, measures little
  --only     cases by letter, by comma; all when left out
  --runs N   runs of which the median is taken (3; with --quick 1)
  --record   write the report to bench/RESULTS.md as well

  a  narrow columns, 500 MB          e  one file with 1, 2 and 3 COPY streams
  b  quoted text, 500 MB             f  growth: 100 MB, 500 MB, 2 GB
  c  300 columns, 200 MB             g  a naive worker, pgloader, ogr2ogr
  d  1,000 files of 10 kB, latency   scan  the CSV scanner alone
                                     types  what types=infer costs
                                     rejects  files of rejected records
                                     copy  CopyIn against pg-copy-streams

DATABASE_URL set: a database of its own is made on that server, and dropped; else a Postgres is started.`

const isCase = (text: string): text is CaseLetter => caseLetters.some((letter) => letter === text)

/** Reads the command line; answers a sentence when it makes no sense. */
export const parseOptions = (argv: ReadonlyArray<string>): Options | string => {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string" },
        runs: { type: "string" },
        record: { type: "boolean", default: false },
      },
    })
    const wanted = values.only?.split(",").map((letter) => letter.trim()) ?? caseLetters
    const only = wanted.filter(isCase)
    const unknown = wanted.filter((letter) => !isCase(letter))
    if (unknown.length > 0) return `there is no case ${unknown.join(", ")}`
    const runs = values.runs === undefined ? (values.quick ? 1 : 3) : Number(values.runs)
    if (!Number.isInteger(runs) || runs < 1) return "--runs takes a whole number from 1"
    return { quick: values.quick, only: new Set(only), runs, record: values.record }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
