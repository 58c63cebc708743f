import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { connectionUrl } from "./Cluster.ts"
import * as DataFolder from "./DataFolder.ts"
import { ifPresent } from "./EmbeddedPostgresError.ts"

/** Connection string of the server that another process runs on the data in `dataDir`, if there is one. */
export const find = Effect.fnUntraced(function* (dataDir: string) {
  const fs = yield* FileSystem.FileSystem
  const { cluster, passwordFile } = yield* DataFolder.locate(dataDir)
  const password = yield* ifPresent(fs.readFileString(passwordFile))
  // Its fourth line is the port (Postgres documentation, "Database File Layout").
  const port = (yield* ifPresent(fs.readFileString(join(cluster, "postmaster.pid"))))?.split("\n")[3]
  return password === null || port === undefined
    ? Option.none<Redacted.Redacted>()
    : Option.some(connectionUrl(Redacted.make(password.trim()), Number(port)))
})
