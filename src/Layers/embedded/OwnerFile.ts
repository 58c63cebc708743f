import { randomUUID } from "node:crypto"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { EmbeddedPostgresError, ifPresent } from "./EmbeddedPostgresError.ts"
import * as ProcessTable from "./ProcessTable.ts"

const Owner = Schema.fromJsonString(
  Schema.Struct({ pid: Schema.Int, startedAt: Schema.NullOr(Schema.String) }),
)
type Owner = typeof Owner.Type

/**
 * Makes this process the owner of the data folder until the scope closes. A killed process leaves its file, so
 * an owner counts only while a process with that pid *and* start time is running.
 */
export const claim = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.acquireRelease(acquire(file), () =>
    Effect.ignore(fs.remove(file, { force: true }), { log: "Warn" }),
  )
})

const acquire = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const self = yield* ProcessTable.find(process.pid)
  const content = JSON.stringify({ pid: process.pid, startedAt: self?.startedAt ?? null } satisfies Owner)
  while (!(yield* createExclusively(file, content))) {
    const found = yield* ifPresent(fs.readFileString(file))
    if (found === null) continue
    const owner = yield* Schema.decodeEffect(Owner)(found).pipe(Effect.option)
    if (owner._tag === "Some" && (yield* isAlive(owner.value))) {
      return yield* new EmbeddedPostgresError({
        reason: "FolderInUse",
        message:
          `Another npm start, pid ${owner.value.pid}, uses the data folder ${dirname(file)}. ` +
          "Stop it, or set DATA_DIR to another folder.",
      })
    }
    yield* discard(file)
  }
})

const isAlive = Effect.fnUntraced(function* (owner: Owner) {
  const running = yield* ProcessTable.find(owner.pid)
  if (running === null) return false
  return owner.startedAt === null || running.startedAt === null || owner.startedAt === running.startedAt
})

/** Returns `false` if the file exists. A hard link, unlike an open for writing, appears with its content. */
const createExclusively = Effect.fnUntraced(function* (file: string, content: string) {
  const fs = yield* FileSystem.FileSystem
  const draft = `${file}.${randomUUID()}`
  yield* fs.writeFileString(draft, content)
  return yield* fs.link(draft, file).pipe(
    Effect.as(true),
    Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.succeed(false)),
    Effect.ensuring(Effect.ignore(fs.remove(draft, { force: true }))),
  )
})

/** Renames first, so that only one of several processes that saw the same dead owner removes its file. */
const discard = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const discarded = `${file}.${randomUUID()}`
  yield* ifPresent(fs.rename(file, discarded))
  yield* fs.remove(discarded, { force: true })
})
