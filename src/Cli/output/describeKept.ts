import type { Reject } from "../../Domain/load/Reject.ts"
import type { SkippedLine } from "../../Domain/load/SkippedLine.ts"

export const describeReject = ({ line, message, raw, reason }: Reject): ReadonlyArray<string> => [
  `line ${line}: ${reason}: ${message}`,
  ...raw.split("\n").map((text) => `    ${text}`),
]

export const describeSkipped = ({ kind, line, raw }: SkippedLine): string => `line ${line} (${kind}): ${raw}`
