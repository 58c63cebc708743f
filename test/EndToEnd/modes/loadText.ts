import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { onlyInserted } from "../../../src/Domain/load/SchemaChanges.ts"
import * as CsvServer from "../../support/CsvServer.ts"
import { TestService } from "../../support/TestService.ts"

type Options = Readonly<Record<string, unknown>>

/** Loads the text with the options and returns the ended job. */
export const loadText = Effect.fnUntraced(function* (text: string, options: Options) {
  const { api, files } = yield* TestService
  yield* files.serve("/modes.csv", CsvServer.file(text))
  const jobId = yield* api.create(files.url("/modes.csv"), options)
  return yield* api.reaches(jobId, "completed", "failed")
})

/** The same for a job that has to complete. */
export const completed = Effect.fnUntraced(function* (text: string, options: Options) {
  const job = yield* loadText(text, options)
  assert.strictEqual(job.state, "completed", job.error?.message)
  return job
})

export const noChanges = onlyInserted(0)

/** Milliseconds for a test that starts processes and runs several jobs. */
export const patience = 120_000

/** Runs statements that end with a line. */
export const runEach = Effect.fnUntraced(function* (statements: string) {
  const { sql } = yield* TestService
  for (const statement of statements.split(";\n")) yield* sql.unsafe(statement)
})
