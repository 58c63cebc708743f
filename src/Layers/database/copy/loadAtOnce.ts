import * as Effect from "effect/Effect"
import type { ClaimLost, LoadSummary, TableLoad } from "../../../Domain/job/CopySink.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import { type LoadError } from "../../../Domain/load/LoadError.ts"
import { onlyInserted } from "../../../Domain/load/SchemaChanges.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
import { messageOf } from "../../process/describeFailure.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import { analyzeTable } from "../target/analyzeTable.ts"
import { createTable, qualified } from "../target/AttemptTable.ts"
import { describeTable } from "../target/describeTable.ts"
import { CopyRowNumbers } from "./CopyRowNumbers.ts"
import { settleWith } from "./finishLoad.ts"
import { checkBalance, wrongCount } from "./LineBalance.ts"

/** The format of all rows; `undefined` if they have several. */
export const onlyFormat = (batches: ReadonlyArray<CopyBatch>): TextFormat | null | undefined => {
  const [format = null, ...others] = new Set(batches.map(({ text }) => text?.format ?? null))
  return others.length === 0 ? format : undefined
}

const miscounted = "sluice: the number of rows is "

/** A statement that fails unless the table has this many rows. */
const requireRows = (table: string, rows: number): string =>
  `select (case when count(*) = ${rows} then '1' else '${miscounted}' || count(*) end)::integer from ${table}`

const miscountIn = (failure: unknown): number | null => {
  const count = new RegExp(`${miscounted}(\\d+)`).exec(messageOf(failure))?.[1]
  return count === undefined ? null : Number(count)
}

/** A file that has been read to its end. */
interface SmallLoad {
  readonly batches: ReadonlyArray<CopyBatch>
  readonly format: TextFormat | null
  readonly read: LoadSummary
  /** Statements that its transaction has too. */
  readonly others: ReadonlyArray<string>
}

/**
 * Loads a small file that has been read to its end, in one message: the fence, the table with its name, its rows, their count and
 * their statistics. The server does not wait for the worker in between, so the table needs no other name meanwhile: a worker that is
 * paused or lost cannot block the next attempt. Returns the number of rows.
 */
export const loadAtOnce = Effect.fnUntraced(function* (
  session: LoadSession,
  load: TableLoad,
  { batches, format, others, read }: SmallLoad,
): Effect.fn.Return<number, LoadError | ClaimLost> {
  const { claim, columns, schema, schemaChanges = null, source, table } = load.target
  const rowNumbers = new CopyRowNumbers()
  for (const batch of batches) rowNumbers.add(batch)
  const rows = rowNumbers.sent
  const stored = { rows, rejects: 0, skipped: 0 }
  yield* checkBalance(read, stored)
  const name = qualified(schema, table)
  const after = [requireRows(name, rows), ...analyzeTable(name, columns.length, rows)]
  const copying = session
    .later(
      [createTable(name, columns), describeTable(name, { jobId: claim.jobId, rows, source }), ...others].join(
        "; ",
      ),
    )
    .pipe(
      Effect.andThen(session.copyAtOnce({ table: name, freezes: false }, format, batches, after.join("; "))),
      Effect.mapError((error) => {
        const counted = miscountIn(error.cause)
        return counted === null ? rowNumbers.locate(error) : wrongCount("rows", rows, counted)
      }),
    )
  const result = { ...read, columns, rowChanges: onlyInserted(rows), schemaChanges, stored }
  yield* settleWith(session, load, result, copying)
  return rows
})
