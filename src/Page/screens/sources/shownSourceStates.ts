import type { ListedSource } from "../../client/sources.ts"
import type { Shown } from "../../components/StateBadge.tsx"

/** How the page shows the states of sources. */
export const shownSourceStates: Readonly<Record<ListedSource["state"], Shown>> = {
  active: { word: "active", icon: "done", tone: "good" },
  paused: { word: "paused", icon: "paused", tone: "idle" },
  stopped: { word: "stopped", icon: "failed", tone: "bad" },
}
