import { link, readFile, rename, rm, writeFile } from "node:fs/promises"
import { randomUUID } from "node:crypto"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { EmbeddedPostgresError, ifPresent, onFiles, systemCode } from "./EmbeddedPostgresError.ts"
import * as ProcessTable from "./ProcessTable.ts"

const Owner = Schema.fromJsonString(
  Schema.Struct({ pid: Schema.Int, startedAt: Schema.NullOr(Schema.String) }),
)
type Owner = typeof Owner.Type

/**
 * Makes this process the owner of the data folder until the scope closes. The file outlives a process that is
 * killed, so an owner counts only while a process of that pid *and* start time runs.
 */
export const claim = (file: string): Effect.Effect<void, EmbeddedPostgresError, Scope.Scope> =>
  Effect.acquireRelease(acquire(file), () =>
    Effect.ignore(
      onFiles(`remove ${file}`, () => rm(file, { force: true })),
      { log: "Warn" },
    ),
  )

const acquire = Effect.fnUntraced(function* (file: string) {
  const self = yield* ProcessTable.find(process.pid)
  const content = JSON.stringify({ pid: process.pid, startedAt: self?.startedAt ?? null } satisfies Owner)
  while (!(yield* onFiles(`write ${file}`, () => createWith(file, content)))) {
    const found = yield* onFiles(`read ${file}`, () => ifPresent(() => readFile(file, "utf8")))
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
    yield* onFiles(`replace ${file}`, () => discard(file))
  }
})

const isAlive = Effect.fnUntraced(function* (owner: Owner) {
  const running = yield* ProcessTable.find(owner.pid)
  if (running === null) return false
  return owner.startedAt === null || running.startedAt === null || owner.startedAt === running.startedAt
})

/** A hard link appears at once and with its content, or not at all because the name is taken. */
const createWith = async (file: string, content: string): Promise<boolean> => {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, content)
  try {
    await link(draft, file)
    return true
  } catch (cause) {
    if (systemCode(cause) === "EEXIST") return false
    throw cause
  } finally {
    await rm(draft, { force: true })
  }
}

/** Renaming first lets only one of several processes that saw the same dead owner take its file away. */
const discard = async (file: string): Promise<void> => {
  const aside = `${file}.${randomUUID()}`
  await ifPresent(() => rename(file, aside))
  await rm(aside, { force: true })
}
