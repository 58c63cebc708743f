import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as SqlClient from "effect/sql/SqlClient"
import { TablesApart } from "../jobs/TablesApart.ts"
import { migrateTarget } from "../migrations/TargetMigrations.ts"
import { openPool } from "../postgres/Database.ts"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"
import { waitingForDatabase } from "../postgres/WaitForDatabase.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import type { DeclaredTarget } from "../../process/settings/declaredTargets.ts"
import * as TargetFence from "./TargetFence.ts"

/** For fences, and for what is asked about tables. Loads and readers have connections of their own. */
const maxConnections = 5

const database = ({ name, setting, url }: DeclaredTarget) =>
  Layer.effect(
    TargetDatabase,
    Effect.gen(function* () {
      const queue = yield* SqlClient.SqlClient
      const { targetSchema } = yield* AppConfig
      const server = yield* DatabaseServer
      const sql = yield* openPool(server, { applicationName: "sluice", maxConnections })
      const [found] = yield* waitingForDatabase(queue<{ id: string }>`select id from sluice.installation`)
      yield* waitingForDatabase(
        Effect.provideService(
          migrateTarget({ installation: found?.id ?? "", name, setting, targetSchema }),
          SqlClient.SqlClient,
          sql,
        ),
      )
      yield* waitingForDatabase(queue`
        update sluice.installation
        set targets = array_append(array_remove(targets, ${name}::text), ${name}::text),
          past_targets = array_append(array_remove(past_targets, ${name}::text), ${name}::text)
        where not (${name}::text = any (targets) and ${name}::text = any (past_targets))`)
      return TargetDatabase.of({ sql, server })
    }),
  ).pipe(Layer.provide([DatabaseServer.layerUrl(url, setting), Reactivity.layer]))

/** Connects to the database, prepares it for this installation, and settles what is left there. Waits until it responds. */
export const connectTarget = (declared: DeclaredTarget) =>
  Layer.effectContext(
    Effect.map(TargetFence.make(declared.name), (apart) => Context.make(TablesApart, apart)),
  ).pipe(Layer.provideMerge(database(declared)))
