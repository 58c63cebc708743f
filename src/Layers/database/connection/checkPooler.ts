import { randomInt } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Client, QueryConfig } from "pg"
import { messageOf } from "../../process/describeFailure.ts"
import { PoolerUnsuitable } from "./PoolerUnsuitable.ts"

const rounds = 3

/** How long to wait for a connection of the pooler, and until it has cleaned one up, in milliseconds. */
const patience = 5000

const query = async (client: Client, text: string, values: ReadonlyArray<string>): Promise<unknown> => {
  // pg's types do not have the timeout.
  const question: QueryConfig & { readonly query_timeout: number } = {
    text,
    values: [...values],
    query_timeout: patience,
  }
  try {
    const { rows } = await client.query<{ result: unknown }>(question)
    return rows[0]?.result
  } catch (cause) {
    // pg's words for the timeout.
    if (messageOf(cause) !== "Query read timeout") throw cause
    throw new Error(
      "the pooler has no free connection to Postgres: raise its pool size (PgBouncer: default_pool_size)",
      { cause },
    )
  }
}

const write = (client: Client, mark: string) =>
  query(client, "select set_config('sluice.session', $1, false) as result", [mark])

const read = (client: Client) => query(client, "select current_setting('sluice.session', true) as result", [])

const tryLock = (client: Client, key: string) =>
  query(client, "select pg_try_advisory_lock($1) as result", [key])

/**
 * Checks whether a pooler gives each client a session of its own, and nothing of another's. If clients share sessions, one reads the mark
 * of the other. Throws `PoolerUnsuitable` if the pooler does not.
 *
 * @param connect opens a connection without settings
 */
export const checkPooler = async (connect: () => Promise<Client>): Promise<void> => {
  const [first, second] = [await connect(), await connect()]
  for (let round = 0; round < rounds; round++) {
    const marks = [`first ${round}`, `second ${round}`] as const
    await write(first, marks[0])
    await write(second, marks[1])
    if ((await read(first)) !== marks[0] || (await read(second)) !== marks[1])
      throw new PoolerUnsuitable({
        message:
          "The pooler gives a client another session for each transaction, and Sluice needs one for a whole connection: use the pooler's session mode (PgBouncer: pool_mode = session), or connect to Postgres directly.",
      })
  }
  const lock = String(randomInt(2 ** 47))
  await tryLock(second, lock)
  await second.end()
  const end = Date.now() + patience
  while ((await tryLock(first, lock)) !== true) {
    if (Date.now() > end)
      throw new PoolerUnsuitable({
        message:
          "The pooler keeps the locks of a client that has gone, so Sluice would not notice a dead worker: set server_reset_query = DISCARD ALL in PgBouncer.",
      })
    await sleep(20)
  }
}
