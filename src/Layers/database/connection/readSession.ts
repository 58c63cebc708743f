import type { Client } from "pg"
import { messageOf } from "../../process/describeFailure.ts"
import { withDefaults } from "../settings/SessionSettings.ts"

/** The kind of a server's sessions. */
export interface Kind {
  readonly isStandby: boolean
  readonly isReadOnly: boolean
}

interface Session extends Kind {
  /** The session is the server's own, and not that of a pooler. */
  readonly isDirect: boolean
  /** The session has the settings that were requested. */
  readonly hasSettings: boolean
}

/** `processID` is missing in pg's types (pg 8, lib/client.js). */
type ConnectedClient = Client & { readonly processID: number }

/** `set_config` returns the value as `current_setting` writes it. It has an effect in this statement only. */
const query = `
  select pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly",
    pg_backend_pid() as process,
    array(select array[current_setting(name), set_config(name, value, true)] from unnest($1::text[], $2::text[]) as wanted (name, value)
    ) as settings`

interface Row extends Kind {
  readonly process: number
  readonly settings: ReadonlyArray<readonly [actual: string, wanted: string]>
}

/** Reads what a client's session is. A pooler makes up process numbers of its own. */
export const readSession = async (client: Client): Promise<Session> => {
  const wanted = Object.entries(withDefaults())
  const { rows } = await client.query<Row>(query, [
    wanted.map(([name]) => name),
    wanted.map(([, value]) => value),
  ])
  const { isReadOnly = false, isStandby = false, process = 0, settings = [] } = rows[0] ?? {}
  return {
    isReadOnly,
    isStandby,
    isDirect: process === (client as ConnectedClient).processID,
    hasSettings: settings.every(([actual, wanted]) => actual === wanted),
  }
}

/** Whether a pooler refused a connection because of the client's options, in the words of PgBouncer or of RDS Proxy. */
export const refusesOptions = (failure: unknown): boolean =>
  /unsupported startup parameter|command-line options/i.test(messageOf(failure))
