import * as Effect from "effect/Effect"
import type { ClientBase } from "pg"
import { Client } from "pg"

/** The attributes of a span on this connection. */
export const connectionAttributes = (client: ClientBase) => ({
  "db.system.name": "postgresql",
  ...(client instanceof Client
    ? { "server.address": client.host, "server.port": client.port, "db.namespace": client.database }
    : {}),
})

/**
 * A span for one operation on the connection of a load. It has no text: names of columns come from users' files.
 *
 * @param operation `COPY`, `CREATE TABLE`
 * @param collection the table, with its schema
 */
export const databaseSpan = (client: ClientBase, operation: string, collection?: string) =>
  Effect.withSpan(collection === undefined ? operation : `${operation} ${collection}`, {
    kind: "client",
    attributes: {
      ...connectionAttributes(client),
      "db.operation.name": operation,
      ...(collection === undefined ? {} : { "db.collection.name": collection }),
    },
  })
