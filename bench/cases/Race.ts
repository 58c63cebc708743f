import { createReadStream } from "node:fs"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { attempt, BenchFailure } from "../BenchFailure.ts"
import type { Contender, Sample } from "../contenders/Contender.ts"
import type { DataFile } from "../files/DataFiles.ts"
import type { Database } from "../world/Database.ts"

/** The loads of one file by one contender, one per round. */
export interface Entry {
  readonly contender: string
  readonly samples: ReadonlyArray<{ readonly round: number; readonly sample: Sample }>
  /** Why the contender failed, if it did; then there are fewer samples than rounds. */
  readonly failure: string | null
}

/** The result of a race. */
export interface Race {
  readonly label: string
  readonly file: DataFile
  readonly entries: ReadonlyArray<Entry>
}

/** Reads the file into the system's cache, so that the first contender is not the only one to read it from disk. */
const warmUp = (file: DataFile) =>
  attempt(`read ${file.path}`, async () => {
    for await (const _ of createReadStream(file.path, { highWaterMark: 1 << 20 }));
  })

const checkRows = Effect.fnUntraced(function* (database: Database, file: DataFile, { table }: Sample) {
  const [row] = yield* database.query<{ rows: number }>(`select count(*)::float8 as rows from ${table}`)
  if (row?.rows !== file.rows)
    return yield* new BenchFailure({
      message: `${table} has ${row?.rows} rows, but ${file.name} has ${file.rows}`,
    })
})

/** One load; there are no other tables before and after it. */
const runOne = Effect.fnUntraced(function* (database: Database, file: DataFile, contender: Contender) {
  yield* database.clear
  const { load } = yield* contender.prepare(file)
  yield* database.settle
  const sample = yield* load
  yield* checkRows(database, file, sample)
  yield* database.clear
  return sample
}, Effect.scoped)

/**
 * The contenders load the same file in turns, round by round, so that anything that changes with time changes for all
 * of them.
 *
 * @param options.mayFail contenders whose failure is reported and does not end the race
 */
export const race = Effect.fnUntraced(function* (
  database: Database,
  options: {
    readonly label: string
    readonly file: DataFile
    readonly contenders: ReadonlyArray<Contender>
    readonly mayFail?: ReadonlyArray<Contender>
    readonly rounds: number
  },
) {
  const { file, label } = options
  yield* warmUp(file)
  const entries = [...options.contenders, ...(options.mayFail ?? [])].map((contender) => ({
    contender,
    mayFail: options.mayFail?.includes(contender) === true,
    samples: [] as Array<{ readonly round: number; readonly sample: Sample }>,
    failure: null as string | null,
  }))
  for (let round = 1; round <= options.rounds; round++) {
    for (const entry of entries) {
      if (entry.failure !== null || (entry.contender.runsOnce === true && round > 1)) continue
      const outcome = yield* Effect.result(runOne(database, file, entry.contender))
      if (Result.isSuccess(outcome)) {
        const sample = outcome.success
        entry.samples.push({ round, sample })
        yield* Effect.log(`${label}, ${entry.contender.name}: ${sample.wallSeconds.toFixed(2)} s`)
      } else if (entry.mayFail) {
        entry.failure = outcome.failure.message.split("\n").slice(0, 3).join(" ")
        yield* Effect.log(`${label}, ${entry.contender.name}: ${outcome.failure.message}`)
        yield* database.clear
      } else return yield* outcome.failure
    }
  }
  return {
    label,
    file,
    entries: entries.map(({ contender, failure, samples }) => ({
      contender: contender.name,
      samples,
      failure,
    })),
  } satisfies Race
})
