import * as Option from "effect/Option"
import type { AppConfig } from "../AppConfig.ts"
import { defaultTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"

/** The names of the databases for tables besides the queue's, as jobs record them. */
export const targetNames = ({
  targetDatabases,
  targetDatabaseUrl,
}: Pick<AppConfig["Service"], "targetDatabases" | "targetDatabaseUrl">): ReadonlyArray<string> => [
  ...(Option.isSome(targetDatabaseUrl) ? [defaultTarget] : []),
  ...targetDatabases.keys(),
]
