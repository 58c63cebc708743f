import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { randomUUID } from "node:crypto"
import { Client } from "pg"
import { inject } from "vitest"
import { databaseRoles } from "../../src/Layers/database/postgres/DatabaseRole.ts"

const create = (options: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const name = `test_${randomUUID().replaceAll("-", "")}`
      await onServer(`create database ${name} ${options}`)
      // Otherwise the embedded server gets binary rows only.
      await onServer(`alter database ${name} set sluice.copy_format = text`)
      return name
    }),
    (name) => Effect.promise(() => onServer(`drop database ${name} with (force)`)),
  ).pipe(Effect.map((name) => TestDatabase.of({ url: Redacted.make(urlOf(name)) })))

/** A new database, dropped together with its sessions when the scope closes. */
export class TestDatabase extends Context.Service<TestDatabase, { readonly url: Redacted.Redacted }>()(
  "sluice/test/support/TestDatabase",
) {
  static readonly make = create("")

  static readonly layer = Layer.effect(TestDatabase, TestDatabase.make)

  /** Migrated by its owner, for processes with roles of their own. */
  static readonly layerMigrated = Layer.effect(
    TestDatabase,
    Effect.suspend(() => create(`template ${inject("templateDatabase")} owner ${databaseRoles.owner}`)),
  )
}

const urlOf = (database: string): string => {
  const url = new URL(inject("databaseUrl"))
  url.pathname = `/${database}`
  return url.href
}

const onServer = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: inject("databaseUrl") })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
