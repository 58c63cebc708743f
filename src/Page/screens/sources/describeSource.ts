import type { ListedSource } from "../../client/sources.ts"
import { counted } from "../../format/numbers.ts"
import { shownStates } from "../../components/StateBadge.tsx"

/** A run of a source. */
export type Run = NonNullable<ListedSource["runs"]>[number]

/** When the source runs: `every 15m`. */
export const scheduleOf = ({ cron, every, timezone }: ListedSource): string => {
  if (every !== null) return `every ${every}`
  return cron === null ? "only when refreshed" : `${cron} (${timezone})`
}

export const modeOf = ({ options }: ListedSource): string => String(options["mode"] ?? "replace")

/** How a run ended, or what it does. */
export const resultOf = ({ rowsLoaded, state, unchanged }: Run): string => {
  if (unchanged) return "unchanged"
  return state === "completed" ? counted(rowsLoaded, "row") : shownStates[state].word
}
