import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as EmbeddedPostgres from "../../../src/Layers/embedded/EmbeddedPostgres.ts"
import { environment, startWorker } from "../../support/ServiceProcess.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"
import { TestDatabase } from "../../support/TestDatabase.ts"

it.live("a test starts a server and a worker and never ends", () =>
  Effect.gen(function* () {
    const { url } = yield* TestDatabase.make
    const folder = yield* temporaryFolder
    yield* EmbeddedPostgres.start({ dataDir: join(folder, "data"), durable: false })
    const worker = yield* startWorker(environment(url))
    yield* Effect.promise(() => writeFile(join(folder, "started"), String(worker.pid)))
    return yield* Effect.never
  }).pipe(Effect.provide(Logger.layer([]))),
)
