import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Readiness } from "../../Domain/service/Readiness.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { unavailable } from "./postgres/DatabaseFailure.ts"
import { PgBossClient, queueName } from "./queue/PgBossClient.ts"

/** Checks the database over the service's own connections and the queue over pg-boss's. */
export const layer = Layer.effect(
  Readiness,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const boss = yield* PgBossClient
    return Readiness.of({
      checks: [
        { name: "database", check: Effect.asVoid(sql`select 1`).pipe(orUnavailable("check the database")) },
        {
          name: "queue",
          check: Effect.asVoid(
            Effect.tryPromise({
              try: () => boss.getQueue(queueName),
              catch: (cause) => unavailable("check the queue", cause),
            }),
          ),
        },
      ],
    })
  }),
)
