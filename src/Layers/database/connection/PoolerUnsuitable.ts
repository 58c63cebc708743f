import * as Data from "effect/Data"

/** A pooler between Sluice and Postgres does not keep sessions. `message` says what to do. */
export class PoolerUnsuitable extends Data.TaggedError("PoolerUnsuitable")<{ readonly message: string }> {}
