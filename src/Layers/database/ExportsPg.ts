import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Client } from "pg"
import { type CsvSelection, Exports, type KeptKind } from "../../Domain/job/Exports.ts"
import { CopyOut } from "./export/CopyOut.ts"
import { accessTo, type JobAccess } from "./jobs/JobAccess.ts"
import { keptTables } from "./jobs/KeptTable.ts"
import { unavailable } from "./postgres/DatabaseFailure.ts"

const operation = "export rejects or skipped lines"
const openTimeout = Duration.seconds(5)

/** Number of the last item of a selection that `limit` cuts. */
const nextAfter = Effect.fnUntraced(function* (
  client: Client,
  kind: KeptKind,
  job: JobAccess,
  { after, limit }: CsvSelection,
) {
  if (limit === null) return null
  const { parameters, text } = keptTables[kind].lastOfPage(job, after, limit)
  const { rows } = yield* Effect.tryPromise({
    try: () => client.query<{ number: number }>(text, [...parameters]),
    catch: (cause) => unavailable(operation, cause),
  })
  return rows.length === 2 ? rows[0]!.number : null
})

/** `Exports` by `COPY … TO STDOUT`: the quoting is Postgres's own. */
export const layer = Layer.effect(
  Exports,
  Effect.gen(function* () {
    const { copy } = yield* CopyOut
    return Exports.of({
      csv: Effect.fn("Exports.csv")(function* (kind, jobId, selection) {
        const job = yield* accessTo(jobId)
        const { bytes, found } = yield* copy(
          { operation, openTimeout, subject: { of: "kept", jobId } },
          (client) =>
            Effect.map(nextAfter(client, kind, job, selection), (next) => ({
              statement: keptTables[kind].csv(job, selection),
              found: next,
            })),
        )
        return { csv: bytes, next: found }
      }),
    })
  }),
)
