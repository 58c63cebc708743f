import { availableParallelism } from "node:os"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Uploads, UploadsOff } from "../Domain/job/Uploads.ts"
import type { CopySink } from "../Domain/job/CopySink.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import type { UploadSource } from "../Domain/source/UploadSource.ts"
import * as CopySinkPg from "./database/CopySinkPg.ts"
import { loadRoleOf } from "./database/postgres/DatabaseRole.ts"
import { TargetDatabase } from "./database/postgres/TargetDatabase.ts"
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
      maxAttempts: 1,
      maxLoadDuration: config.maxLoadDuration,
      maxRecordSize: config.maxRecordSize,
    }),
  ),
)

/** Whether the connections of uploads may create tables. */
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

const refuseAll = Layer.succeed(Uploads, Uploads.of({ load: () => Effect.fail(new UploadsOff()) }))

/** @param loading loads uploads with what this layer provides */
export const layer = <E, R>(loading: Layer.Layer<Uploads, E, CopySink | UploadSource | WorkerSettings | R>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { uploadConcurrency } = yield* AppConfig
      if (uploadConcurrency === 0) return refuseAll
      if (!(yield* waitingForDatabase(mayLoad))) {
        yield* Effect.logWarning(
          `uploads are off: the database role may not create tables. Run npm run db:roles, or set UPLOAD_CONCURRENCY=0`,
        )
        return refuseAll
      }
      return loading.pipe(
        Layer.provide([
          CopySinkPg.layer(LoadConnections.layerUploads.pipe(Layer.provide(TargetDatabase.asOnlyDatabase))),
          UploadSourceHttp.layer,
          layerSettings,
        ]),
      )
    }),
    // Previews of files that are sent need no place for a load.
  ).pipe(Layer.merge(UploadSourceHttp.layer))
