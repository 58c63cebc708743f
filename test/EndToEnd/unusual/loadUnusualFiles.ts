/**
 * Loads the unusual files with a running service, and compares the tables:
 *
 *     node test/EndToEnd/unusual/loadUnusualFiles.ts http://localhost:3000 postgres://user:password@host/database
 *
 * Its file server must be on port 8000. The files are put into its folder and removed again; the tables stay.
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
import { loadAndCompare } from "./loadAndCompare.ts"
import { unusualFiles } from "./unusualFiles.ts"

const [origin = "http://localhost:3000", database = "postgres://sluice:sluice@localhost:5432/sluice"] =
  process.argv.slice(2)

const folder = fileURLToPath(new URL("../../../fileserver/files_to_serve/unusual/", import.meta.url))

const served = Effect.acquireRelease(
  Effect.sync(() => {
    mkdirSync(folder, { recursive: true })
    for (const [n, { body }] of unusualFiles.entries()) writeFileSync(`${folder}${n}.csv`, body)
  }),
  () => Effect.sync(() => rmSync(folder, { recursive: true })),
)

/** Without the files that need headers of their own, which a file server does not set. */
const files = unusualFiles.map((file, n) => ({ file, n })).filter(({ file }) => file.headers === undefined)

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
    const exit = yield* Effect.exit(loadAndCompare(running, file, `/unusual/${n}.csv`))
    if (Exit.isSuccess(exit)) continue
    failed++
    yield* Console.error(`${file.name}: ${String(exit.cause)}`)
  }
  yield* Console.log(`${files.length - failed} of ${files.length} files were loaded as expected`)
  if (failed > 0) process.exitCode = 1
}).pipe(Effect.scoped, Effect.provide(Reactivity.layer))

await Effect.runPromise(program)
