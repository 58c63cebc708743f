import type { JobState } from "../../Domain/job/JobState.ts"
import { Icon, type IconName } from "./Icon.tsx"

export type Tone = "idle" | "accent" | "good" | "bad" | "warn"

/** How a state looks. */
export interface Shown {
  readonly word: string
  readonly icon: IconName
  readonly tone: Tone
}

/** How the page shows the states of jobs. */
export const shownStates: Readonly<Record<JobState, Shown>> = {
  created: { word: "queued", icon: "waiting", tone: "idle" },
  retry: { word: "waiting to retry", icon: "waiting", tone: "warn" },
  active: { word: "running", icon: "running", tone: "accent" },
  completed: { word: "completed", icon: "done", tone: "good" },
  cancelled: { word: "cancelled", icon: "cancelled", tone: "idle" },
  failed: { word: "failed", icon: "failed", tone: "bad" },
}

/** A word with an icon and a colour. */
export const Badge = (props: Shown) => (
  <span className={`badge tone-${props.tone}`}>
    <Icon name={props.icon} />
    {props.word}
  </span>
)

/** The state of a job. */
export const StateBadge = ({ state }: { readonly state: JobState }) => <Badge {...shownStates[state]} />
