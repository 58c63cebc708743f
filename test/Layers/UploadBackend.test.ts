import { assert, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import { TooManyUploads, Uploads } from "../../src/Domain/job/Uploads.ts"
import { uploadUrl } from "../../src/Domain/source/UploadUrl.ts"
import { grantTarget } from "../../src/Layers/database/migrations/databaseRoles.ts"
import * as UploadBackend from "../../src/Layers/UploadBackend.ts"
import { asSomeCaller } from "../support/someCaller.ts"
import * as TestBackend from "../support/TestBackend.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

/** Fails in this way with each upload that it gets. */
const loading = Layer.succeed(
  Uploads,
  Uploads.of({ load: (sent) => Effect.andThen(sent, Effect.fail(new TooManyUploads())) }),
)

/** A database with a user that gets what `db:roles --target` prints. The user is dropped after the database. */
const databaseWithUser = Effect.gen(function* () {
  const user = `loader_${randomUUID().replaceAll("-", "")}`
  const admin = yield* TestDatabase.make
  const { url } = admin
  const asAdmin = Context.get(yield* Layer.build(PgClient.layer({ url })), PgClient.PgClient)
  yield* Effect.acquireRelease(asAdmin.unsafe(`create role ${user} login password 'granted'`), () =>
    Effect.orDie(asAdmin.unsafe(`drop role ${user}`)),
  )
  const granted = yield* TestDatabase.make
  const sql = Context.get(yield* Layer.build(Layer.fresh(PgClient.layer(granted))), PgClient.PgClient)
  const ofUser = new URL(Redacted.value(granted.url))
  const database = ofUser.pathname.slice(1)
  ofUser.username = user
  ofUser.password = "granted"
  const grant = Effect.forEach(grantTarget({ database, user, schemas: ["public"] }), (statement) =>
    sql.unsafe(statement),
  )
  return { sql, grant, url: ofUser.href, user }
})

const uploadTo = (target: string) =>
  Effect.flatMap(Uploads, ({ load }) =>
    load(
      Effect.succeed({
        request: { fileUrl: uploadUrl("a.csv"), options: { target } },
        file: { bytes: Stream.empty, contentType: null, contentEncoding: null, size: null },
      }),
      () => Effect.void,
    ),
  ).pipe(
    Effect.flip,
    Effect.map(({ _tag }) => _tag),
    asSomeCaller,
  )

it.live(
  "a user can prepare a database with what db:roles prints, and uploads are off only where it may not create tables",
  () =>
    Effect.gen(function* () {
      const { grant, sql, url, user } = yield* databaseWithUser
      const settings = { TARGET_DATABASES: `lake=${url}` }
      const refusal = yield* Effect.scoped(Effect.flip(Layer.build(TestBackend.layer(settings))))
      assert.match(refusal.message, /may not create the schema sluice .* GRANT CREATE ON DATABASE/)
      yield* grant
      const backend = yield* Layer.build(TestBackend.layer(settings))
      const outcomes = Effect.all([uploadTo("default"), uploadTo("lake")]).pipe(
        Effect.provide(Layer.fresh(UploadBackend.layer(loading))),
        Effect.provide(backend),
      )
      assert.deepStrictEqual(yield* outcomes, ["TooManyUploads", "TooManyUploads"])
      yield* sql.unsafe(`revoke create on schema public from ${user}`)
      assert.deepStrictEqual(yield* outcomes, ["TooManyUploads", "UploadsOff"])
    }).pipe(Effect.scoped),
  60_000,
)
