import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { HealthReport, HealthSummary } from "../../Domain/service/HealthSummary.ts"
import { selectSummary } from "./liveness/selectSummary.ts"
import { SourceHosts } from "../process/SourceHosts.ts"
import { TargetDatabases } from "./jobs/TargetDatabases.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { ListPool } from "./postgres/ListPool.ts"
import { run } from "./postgres/Statement.ts"

/** Only this service writes what is read, so what does not decode is a bug. */
const decode = Schema.decodeUnknownSync(HealthSummary)

/** `HealthReport` on Postgres. */
export const layer = Layer.effect(
  HealthReport,
  Effect.gen(function* () {
    const sql = yield* ListPool
    const { availability } = yield* TargetDatabases
    const hosts = yield* SourceHosts
    const read = run(sql, selectSummary(hosts)).pipe(
      orUnavailable("read the summary of the service"),
      Effect.map(([row]) => decode({ ...row, targets: availability() })),
    )
    // All clients share a reading, which looks at every job that ended lately.
    return HealthReport.of({ read: yield* Effect.cachedWithTTL(read, "1 second") })
  }),
).pipe(Layer.provide(SourceHosts.layer))
