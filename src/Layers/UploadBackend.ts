import { availableParallelism } from "node:os"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { LoadRequest } from "../Domain/job/Jobs.ts"
import { Uploads, UploadsOff } from "../Domain/job/Uploads.ts"
import type { CopySink } from "../Domain/job/CopySink.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import type { UploadSource } from "../Domain/source/UploadSource.ts"
import * as CopySinkPg from "./database/CopySinkPg.ts"
import { TargetDatabases } from "./database/jobs/TargetDatabases.ts"
import { loadRoleOf } from "./database/postgres/DatabaseRole.ts"
import { NamedTarget, TargetDatabase } from "./database/postgres/TargetDatabase.ts"
import { waitingForDatabase } from "./database/postgres/WaitForDatabase.ts"
import { LoadConnections } from "./database/session/LoadConnections.ts"
import { AppConfig } from "./process/AppConfig.ts"
import * as UploadSourceHttp from "./source/UploadSourceHttp.ts"

const layerSettings = Layer.effect(
  WorkerSettings,
  Effect.map(AppConfig, (config) =>
    WorkerSettings.of({
      slots: config.uploadConcurrency,
      usableSlots: () => config.uploadConcurrency,
      pushingLoads: availableParallelism(),
      shutdownGrace: config.shutdownGrace,
      stopWhenIdle: config.stopWhenIdle,
      maxAttempts: 1,
      maxLoadDuration: config.maxLoadDuration,
      maxRecordSize: config.maxRecordSize,
    }),
  ),
)

/** Whether the connections of uploads may create tables in a database. */
class UploadRights extends Context.Service<UploadRights, { readonly mayLoad: boolean }>()(
  "sluice/Layers/UploadRights",
) {}

const mayLoad = Effect.gen(function* () {
  const { targetSchema } = yield* AppConfig
  const {
    server: { user },
    sql,
  } = yield* TargetDatabase
  const [found] = yield* sql<{ may: boolean | null }>`
    select bool_and(has_schema_privilege(role.oid, schema.oid, 'CREATE') and has_schema_privilege(role.oid, schema.oid, 'USAGE')) as may
    from pg_roles as role cross join pg_namespace as schema
    where nspname in ('sluice', ${targetSchema}::text) and rolname = coalesce(${loadRoleOf(user) ?? null}::text, current_user)
      and pg_has_role(current_user, role.oid, 'MEMBER')`
  return found?.may === true
})

const layerRights = Layer.effect(
  UploadRights,
  Effect.gen(function* () {
    const name = yield* NamedTarget
    const rights = { mayLoad: yield* waitingForDatabase(mayLoad) }
    if (!rights.mayLoad)
      yield* Effect.logWarning(
        name === null
          ? "uploads are off: the database role may not create tables. Run npm run db:roles, or set UPLOAD_CONCURRENCY=0"
          : `uploads to ${name} are off: its user may not create tables there. npm run db:roles -- --target=${name} prints what it needs`,
      )
    return UploadRights.of(rights)
  }),
)

const refuseAll = Layer.succeed(Uploads, Uploads.of({ load: () => Effect.fail(new UploadsOff()) }))

/** Refuses uploads to databases in which they may not create tables. */
const refuseWithoutRights = Layer.effect(
  Uploads,
  Effect.gen(function* () {
    const uploads = yield* Uploads
    const { each, resolve } = yield* TargetDatabases
    const rightsOf = yield* each(layerRights)
    const requireRights = Effect.fnUntraced(function* ({ options }: LoadRequest) {
      const target = yield* resolve(options.target)
      const { mayLoad } = Context.get(yield* rightsOf(target), UploadRights)
      return mayLoad ? undefined : yield* new UploadsOff()
    })
    return Uploads.of({
      load: (sent, onStarted) =>
        uploads.load(
          Effect.tap(sent, ({ request }) => requireRights(request)),
          onStarted,
        ),
    })
  }),
)

/** @param loading loads uploads with what this layer provides */
export const layer = <E, R>(loading: Layer.Layer<Uploads, E, CopySink | UploadSource | WorkerSettings | R>) =>
  Layer.unwrap(
    Effect.map(AppConfig, ({ uploadConcurrency }) => {
      if (uploadConcurrency === 0) return refuseAll
      return refuseWithoutRights.pipe(
        Layer.provide(loading),
        Layer.provide([
          CopySinkPg.layer(LoadConnections.layerUploads.pipe(Layer.provide(TargetDatabase.asOnlyDatabase))),
          UploadSourceHttp.layer,
          layerSettings,
        ]),
      )
    }),
    // Previews of files that are sent need no place for a load.
  ).pipe(Layer.merge(UploadSourceHttp.layer))
