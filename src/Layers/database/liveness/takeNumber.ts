import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Client } from "pg"
import { replicaLock } from "../queue/replicaLock.ts"
import { query } from "./replicaQuery.ts"

/** Milliseconds between two attempts to get a lock back, which others consider free after half a second. */
const retryInterval = 100

/**
 * How long, in milliseconds, a process tries to get the lock of its number back. The server has ended the process's old session by then, so another
 * process has the number: after a failover to a standby that lagged, the sequence repeats numbers.
 */
const sameNumberTimeout = 15_000

/** Takes the lock of a number if it is free. */
const tryLock = (client: Client, number: number) =>
  Effect.map(
    query(client, `select pg_try_advisory_lock(${replicaLock}, ${number}) as taken`),
    ({ rows }) => rows[0]?.["taken"] === true,
  )

/** Draws a number whose lock is free, and takes it. */
const takeNewNumber = Effect.fnUntraced(function* (client: Client) {
  while (true) {
    const number = Number((yield* query(client, "select nextval('sluice.replica') n")).rows[0]?.["n"])
    if (yield* tryLock(client, number)) return number
  }
})

/**
 * Takes the lock of a number for this process, and returns the number.
 *
 * @param before the number that the process had on an earlier connection. It keeps it unless another process has it.
 */
export const takeNumber = Effect.fnUntraced(function* (client: Client, before: number | undefined) {
  if (before === undefined) return yield* takeNewNumber(client)
  // Bounded by attempts, not by a timeout, which could leave behind an attempt that then succeeds.
  const isTaken = yield* tryLock(client, before).pipe(
    Effect.repeat({
      until: (taken) => taken,
      schedule: Schedule.spaced(retryInterval),
      times: sameNumberTimeout / retryInterval,
    }),
  )
  if (isTaken) return before
  const replica = yield* takeNewNumber(client)
  yield* Effect.annotateLogs(
    Effect.logWarning(
      "another worker has the replica's number; takes a new one, and loads that run may be repeated",
    ),
    { before, replica },
  )
  return replica
})
