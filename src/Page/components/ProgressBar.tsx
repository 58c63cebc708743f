import type { Tone } from "./StateBadge.tsx"

/** A bar of 0 to 100 percent. */
export const ProgressBar = (props: {
  readonly label: string
  readonly tone: Tone
  /** `null` if the share is unknown. */
  readonly percent: number | null
  /** Whether a bar of unknown share moves. */
  readonly isMoving: boolean
}) => {
  const { isMoving, label, percent, tone } = props
  const isUnknown = percent === null && isMoving
  return (
    <div
      className={`progress tone-${tone} ${isUnknown ? "unknown" : ""}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
    >
      <div style={isUnknown ? {} : { width: `${percent ?? 0}%` }} />
    </div>
  )
}
