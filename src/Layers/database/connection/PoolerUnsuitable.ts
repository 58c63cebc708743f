import * as Data from "effect/Data"

/** Sluice cannot work through the pooler in front of Postgres. `message` says what to do. */
export class PoolerUnsuitable extends Data.TaggedError("PoolerUnsuitable")<{ readonly message: string }> {}
