import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { AppConfig } from "../AppConfig.ts"
import { defaultTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"

/** A database for tables besides that of the queue, as the settings declare it. */
export interface DeclaredTarget {
  /** As jobs record it. */
  readonly name: string
  readonly url: Redacted.Redacted
  /** The setting, for messages. */
  readonly setting: string
}

/** The databases for tables besides the queue's, the default one first. */
export const declaredTargets = ({
  targetDatabases,
  targetDatabaseUrl,
}: Pick<AppConfig["Service"], "targetDatabases" | "targetDatabaseUrl">): ReadonlyArray<DeclaredTarget> => [
  ...Option.toArray(
    Option.map(targetDatabaseUrl, (url) => ({ name: defaultTarget, url, setting: "TARGET_DATABASE_URL" })),
  ),
  ...Array.from(targetDatabases, ([name, url]) => ({ name, url, setting: `TARGET_DATABASES (${name})` })),
]
