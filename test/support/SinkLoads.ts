import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type Column, typed } from "../../src/Domain/load/columns/Column.ts"
import { columnNames } from "../../src/Domain/load/columns/ColumnNames.ts"
import type { ColumnType } from "../../src/Domain/load/columns/ColumnType.ts"
import type { CopyBatch } from "../../src/Domain/load/CopyBatch.ts"
import {
  CopySink,
  type CopyTarget,
  type LoadSummary,
  type SettlingHooks,
} from "../../src/Domain/job/CopySink.ts"
import type { Findings } from "../../src/Domain/load/Findings.ts"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { noLines } from "../../src/Domain/load/LineCounts.ts"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import { noCounters } from "../../src/Domain/job/Progress.ts"
import { countUnblank, type SkippedCounts, type SkippedLine } from "../../src/Domain/load/SkippedLine.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"

/** The header of all loads here, with names that are changed, quoted or duplicated. */
export const header = ["id", "select", 'say "hi"', "", "id"]
const int = (bytes: 2 | 4, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeIntBE(value, 0, bytes)
  return buffer
}
const field = (text: string | null): ReadonlyArray<Buffer> =>
  text === null ? [int(4, -1)] : [int(4, Buffer.byteLength(text)), Buffer.from(text)]

/** Rows in COPY's binary format. */
export const batchFrom = (
  firstRecord: number,
  ...rows: ReadonlyArray<ReadonlyArray<string | null>>
): CopyBatch => ({
  firstRecord,
  bytes: Buffer.concat(rows.flatMap((row) => [int(2, row.length), ...row.flatMap(field)])),
  rows: rows.length,
  rejects: [],
  skipped: [],
  release: () => {},
})
export const oneRow = batchFrom(1, ["1", "a\tb", null, "", "last"])

/** A row of the header's width, by its number. */
export const rowOf = (n: number): ReadonlyArray<string> => [String(n), "", "", "", ""]

/** A reject. */
export const rejectOf = (record: number, raw = `record ${record}`): Reject => ({
  record,
  line: record + 1,
  column: record % 2 === 0 ? null : 3,
  byteOffset: record * 100,
  reason: "ragged_record",
  message: `Record ${record} has too few fields.`,
  raw,
  rawBytes: Buffer.byteLength(raw),
})

/** A comment line. */
export const skippedLine = (line: number, raw = `# line ${line}`): SkippedLine => ({
  kind: "comment",
  line,
  byteOffset: line * 100,
  raw,
  rawBytes: Buffer.byteLength(raw),
})

/** A batch of this many records, some of which are rejects. */
export const mixedBatch = (
  firstRecord: number,
  records: number,
  isRejected: (record: number) => boolean,
): CopyBatch => {
  const numbers = Array.from({ length: records }, (_, index) => firstRecord + index)
  const rows = numbers.filter((record) => !isRejected(record)).map(rowOf)
  return {
    ...batchFrom(firstRecord, ...rows),
    rejects: numbers.filter(isRejected).map((record) => rejectOf(record)),
  }
}

/** Endless rows, starting with this record. */
export const rowsFrom = (record: number): Stream.Stream<CopyBatch> =>
  Stream.map(
    Stream.iterate(record, (n) => n + 1),
    (n) => batchFrom(n, rowOf(n)),
  )

/** The findings of all loads here. */
export const findings: Findings = {
  dialect: {
    delimiter: ",",
    quote: '"',
    escape: '"',
    comment: null,
    lineEnding: "lf",
    skipsBlanks: false,
    hasHeader: true,
    skippedLines: 0,
  },
  encoding: "utf-8",
  encodingGuess: null,
  repairs: { short_record: 3 },
  rejects: { ragged_record: 2 },
  skipped: {},
  lines: noLines,
  warnings: [],
}

/** A started attempt of a new job. */
export const runningWith = Effect.fnUntraced(function* (options: LoadOptions) {
  const jobs = yield* Jobs
  const queue = yield* JobQueue
  const job = yield* jobs.create({ fileUrl: SourceUrl.make("http://files.example/sink.csv"), options })
  const claims = yield* queue.claim(100)
  const claim = claims.find(({ claim }) => claim.jobId === job.jobId)?.claim
  const [attempt] = yield* jobs.begin(claim === undefined ? [] : [claim])
  if (attempt === undefined) return yield* Effect.die("the job was not claimed")
  return { jobs, queue, attempt, jobId: job.jobId }
})
export const running = runningWith({})

/** Loads the batches for an attempt. `changes` replaces parts of the target, the summary and the hooks. */
export const load = (
  attempt: Effect.Success<typeof running>["attempt"],
  batches: Stream.Stream<CopyBatch, LoadError>,
  changes: Partial<
    {
      readonly columns: ReadonlyArray<Column>
      readonly types: ReadonlyArray<ColumnType>
    } & LoadSummary &
      SettlingHooks
  > = {},
) =>
  Effect.flatMap(CopySink, (sink) => {
    let records = 0
    const skipped: { -readonly [kind in keyof SkippedCounts]: SkippedCounts[kind] } = {}
    const counted = Stream.map(batches, (batch) => {
      records += batch.rows + batch.rejects.length
      for (const { kind } of batch.skipped) skipped[kind] = (skipped[kind] ?? 0) + 1
      return batch
    })
    const target: CopyTarget = {
      claim: attempt.claim,
      target: attempt.target,
      schema: attempt.schema,
      table: attempt.table,
      columns: typed(changes.columns ?? columnNames(header), changes.types ?? []),
      bytesTotal: 42,
    }
    const summary = Effect.sync((): LoadSummary => ({
      records: changes.records ?? records,
      changes: changes.changes ?? [],
      counters: { ...noCounters, bytesReceived: 42, bytesTotal: 42 },
      compression: "gzip+zip",
      findings: changes.findings ?? {
        ...findings,
        skipped,
        lines: { ...noLines, total: countUnblank(skipped) },
      },
    }))
    const hooks: SettlingHooks = {
      onSettling: changes.onSettling ?? Effect.void,
      onCommitted: changes.onCommitted ?? (() => Effect.void),
    }
    return counted.pipe(sink.into(target, { summary, hooks }))
  })

/** All tables of the target schema and all staging tables. A failed load must not leave any. */
export const tables = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const found = yield* sql<{ name: string }>`
    select relname as name from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind = 'r' and (nspname = 'public' or nspname = 'sluice' and relname like 'load %')`
  return found.map(({ name }) => name)
})

export const jobOf = Effect.fnUntraced(function* (jobId: Effect.Success<typeof running>["jobId"]) {
  const jobs = yield* Jobs
  return Option.getOrThrow(yield* jobs.find(jobId))
})
