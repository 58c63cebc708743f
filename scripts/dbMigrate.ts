/**
 * `npm run db:migrate`: brings the schemas of Sluice and pg-boss to this version, and gives the roles of `npm run db:roles`
 * their rights, if they exist. `DATABASE_URL` names the owner.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { stdout } from "node:process"
import { migrateAndGrant } from "../src/Layers/migrateAndGrant.ts"
import { DatabaseServer } from "../src/Layers/database/postgres/DatabaseServer.ts"
import { AppConfig } from "../src/Layers/process/AppConfig.ts"
import { runCommand } from "../src/Layers/process/runCommand.ts"

runCommand(
  migrateAndGrant.pipe(
    Effect.tap(({ hasRoles }) =>
      Effect.sync(() =>
        stdout.write(
          hasRoles
            ? "The database is migrated, and the roles have their rights.\n"
            : "The database is migrated. There are no roles of npm run db:roles.\n",
        ),
      ),
    ),
    Effect.provide(DatabaseServer.layerConfig.pipe(Layer.provideMerge(AppConfig.layer))),
  ),
)
