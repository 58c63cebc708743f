import type { KeptReject } from "../../Domain/load/Reject.ts"
import type { KeptLine } from "../../Domain/load/SkippedLine.ts"

const placeOf = ({ fileUrl, line }: Pick<KeptLine, "fileUrl" | "line">): string =>
  fileUrl === null ? `line ${line}` : `${fileUrl} line ${line}`

export const describeReject = (reject: KeptReject): ReadonlyArray<string> => [
  `${placeOf(reject)}: ${reject.reason}: ${reject.message}`,
  ...reject.raw.split("\n").map((text) => `    ${text}`),
]

export const describeSkipped = (line: KeptLine): string => `${placeOf(line)} (${line.kind}): ${line.raw}`
