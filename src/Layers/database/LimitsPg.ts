import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { hasKey } from "../../Domain/service/Caller.ts"
import { LimitReached, Limits } from "../../Domain/service/Limits.ts"
import { SourceHosts } from "../process/SourceHosts.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { admitBy } from "./queue/Admission.ts"
import * as JobAdmission from "./limits/JobAdmission.ts"
import * as PreviewPlaces from "./limits/PreviewPlaces.ts"
import * as UploadLimit from "./limits/UploadLimit.ts"
import * as RequestBudget from "./limits/RequestBudget.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { RequestPool } from "./postgres/RequestPool.ts"

/** `Limits` counted in Postgres. */
export const layer = Layer.effect(
  Limits,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const config = yield* AppConfig
    const hosts = yield* SourceHosts
    const takeTokens = yield* RequestBudget.make(yield* RequestPool)
    const limit = config.totalRequestsPerSecond
    // Strangers who guess keys, or ask for pages, do not use up what holders of keys have.
    const totals = { ofKeys: { key: "total", limit }, ofAddresses: { key: "total of addresses", limit } }
    const admit = JobAdmission.make(sql, {
      unfinishedJobs: config.unfinishedJobs,
      totalUnfinishedJobs: config.totalUnfinishedJobs,
      bytesPerDay: ByteSize.toNumberUnsafe(config.bytesPerDay),
      totalBytesPerDay: ByteSize.toNumberUnsafe(config.totalBytesPerDay),
    })
    return {
      request: Effect.fnUntraced(function* (caller) {
        const total = hasKey(caller) ? totals.ofKeys : totals.ofAddresses
        const empty = yield* takeTokens([{ key: caller, limit: config.requestsPerSecond }, total])
        if (empty === undefined) return undefined
        return yield* new LimitReached({
          limit: "requests_per_second",
          scope: empty === total ? "total" : "caller",
          retryAfter: 1,
        })
      }),
      preview: (caller, fileUrl, preview) =>
        PreviewPlaces.inPlace(
          sql,
          { caller, host: hosts.limitedHost(fileUrl) },
          { previews: config.previews, totalPreviews: config.totalPreviews, hosts },
          preview,
        ),
      upload: (caller, create) => admitBy((insert) => UploadLimit.admit(sql, caller, config, insert), create),
      create: (caller, create) => admit(caller, create).pipe(orUnavailable("create a job")),
    }
  }),
).pipe(Layer.provide(SourceHosts.layer))
