import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { chmod, mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as EmbeddedPostgres from "../../../src/Layers/embedded/EmbeddedPostgres.ts"
import { environment, startWorker } from "../../support/ServiceProcess.ts"
import { TestDatabase } from "../../support/TestDatabase.ts"

it.live("a test starts a server and a worker and never ends", () =>
  Effect.gen(function* () {
    const { url } = yield* TestDatabase.make
    const folder = yield* Effect.promise(() => mkdtemp(join(tmpdir(), "endless-")))
    // Otherwise a server started by root would keep its data elsewhere.
    yield* Effect.promise(() => chmod(folder, 0o755))
    yield* EmbeddedPostgres.start({ dataDir: join(folder, "data"), durable: false })
    const worker = yield* startWorker(environment(url))
    yield* Effect.promise(() => writeFile(join(folder, "started"), String(worker.pid)))
    return yield* Effect.never
  }).pipe(Effect.provide(Logger.layer([]))),
)
