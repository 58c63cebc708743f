import { randomUUID } from "node:crypto"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { makeKey, parseKeys } from "../process/SecretsKey.ts"
import { EmbeddedPostgresError, ifPresent } from "./EmbeddedPostgresError.ts"

/** The keys in the folder's file `secrets.key`, which only this user may read. A new folder gets a new key. */
export const ensure = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const file = join(folder, "secrets.key")
  let text = yield* ifPresent(fs.readFileString(file))
  if (text === null) {
    const draft = `${file}.${randomUUID()}`
    yield* fs.writeFileString(draft, `${makeKey()}\n`, { mode: 0o600, flag: "wx" })
    // Unlike a rename, a link never replaces the key that another process has made meanwhile.
    yield* Effect.catchIf(
      fs.link(draft, file),
      ({ reason }) => reason._tag === "AlreadyExists",
      () => Effect.void,
    )
    yield* fs.remove(draft)
    text = yield* fs.readFileString(file)
  }
  const keys = parseKeys(text)
  if (keys !== null) return keys
  return yield* new EmbeddedPostgresError({
    reason: "FolderDamaged",
    message: `${file} does not contain keys of 32 bytes in base64. Restore the file, or remove it: then unfinished jobs with secrets fail.`,
  })
})
