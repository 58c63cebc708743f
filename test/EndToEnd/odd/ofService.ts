/**
 * Loads the odd files with a service that runs already, in whatever way:
 *
 *     node test/EndToEnd/odd/ofService.ts http://localhost:3000 postgres://user:password@host/database
 *
 * They are put where its file server on port 8000 finds them, and taken away again. The tables stay.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Redacted from "effect/Redacted"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as ServiceClient from "../../support/ServiceClient.ts"
import { loadAndCompare } from "./loading.ts"
import { oddFiles } from "./oddFiles.ts"

const [origin = "http://localhost:3000", database = "postgres://sluice:sluice@localhost:5432/sluice"] =
  process.argv.slice(2)

const folder = fileURLToPath(new URL("../../../fileserver/files_to_serve/odd/", import.meta.url))

const served = Effect.acquireRelease(
  Effect.sync(() => {
    mkdirSync(folder, { recursive: true })
    for (const [n, { body }] of oddFiles.entries()) writeFileSync(`${folder}${n}.csv`, body)
  }),
  () => Effect.sync(() => rmSync(folder, { recursive: true })),
)

/** A file server that serves a folder sets no headers of a file's own. */
const files = oddFiles.map((file, n) => ({ file, n })).filter(({ file }) => file.headers === undefined)

const program = Effect.gen(function* () {
  yield* served
  const sql = yield* PgClient.make({ url: Redacted.make(database) })
  const running = {
    api: ServiceClient.make(origin),
    sql,
    url: (path: string) => `http://localhost:8000${path}`,
  }
  let failed = 0
  for (const { file, n } of files) {
    const exit = yield* Effect.exit(loadAndCompare(running, file, `/odd/${n}.csv`))
    if (Exit.isSuccess(exit)) continue
    failed++
    yield* Console.error(`${file.name}: ${String(exit.cause)}`)
  }
  yield* Console.log(`${files.length - failed} of ${files.length} odd files came out as expected`)
  if (failed > 0) process.exitCode = 1
}).pipe(Effect.scoped, Effect.provide(Reactivity.layer))

await Effect.runPromise(program)
