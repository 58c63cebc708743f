import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { TestProject } from "vitest/node"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the run's Postgres, as a user that may create databases. */
    readonly databaseUrl: string
  }
}

/** A folder that is removed, whatever was moved elsewhere on its behalf included, after the server stopped. */
const temporaryServer = Effect.gen(function* () {
  const dataDir = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const path = await mkdtemp(join(tmpdir(), "sluice-test-"))
      // Started by root, the server runs as another user, who must get in.
      await chmod(path, 0o755)
      return path
    }),
    (path) => remove(path),
  )
  const emptied: Array<string> = []
  yield* Effect.addFinalizer(() => Effect.forEach(emptied, remove))
  const server = yield* EmbeddedPostgres.start({ dataDir, durable: false })
  emptied.push(server.folder)
  return server.url
})

const remove = (path: string) => Effect.promise(() => rm(path, { recursive: true, force: true }))

/** One Postgres for the whole run: that of `DATABASE_URL`, or one of its own that leaves nothing behind. */
const database = Effect.gen(function* () {
  const given = yield* Config.Redacted("DATABASE_URL").pipe(Config.option)
  return Option.isSome(given) ? given.value : yield* temporaryServer
})

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scope = Scope.makeUnsafe()
  const close = () => Effect.runPromise(Scope.close(scope, Exit.void))
  try {
    const url = await Effect.runPromise(database.pipe(Scope.provide(scope), Effect.provide(Logger.layer([]))))
    project.provide("databaseUrl", Redacted.value(url))
  } catch (cause) {
    await close()
    throw cause
  }
  return close
}
