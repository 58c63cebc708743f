import type { ReactNode } from "react"
import { Icon, type IconName } from "../Icon.tsx"
import type { Tone } from "../StateBadge.tsx"

const icons: Readonly<Record<Tone, IconName>> = {
  idle: "info",
  accent: "info",
  good: "done",
  bad: "failed",
  warn: "warning",
}

/** Something to know, at the place that it is about. An urgent one is read out at once. */
export const Notice = (props: {
  readonly tone: Tone
  readonly title?: string
  readonly isUrgent?: boolean
  readonly children?: ReactNode
}) => (
  <div className={`notice tone-${props.tone}`} role={props.isUrgent === true ? "alert" : undefined}>
    <Icon name={icons[props.tone]} />
    <div>
      {props.title === undefined ? null : <strong>{props.title}</strong>}
      {props.children}
    </div>
  </div>
)
