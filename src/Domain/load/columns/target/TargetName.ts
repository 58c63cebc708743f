import * as Schema from "effect/Schema"

/** Names a database for tables, as the operator has declared it. */
export const TargetName = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9_-]{0,62}$/))
