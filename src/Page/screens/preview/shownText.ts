import type { Preview } from "../../client/preview.ts"
import { count, counted } from "../../format/numbers.ts"
import { recordsIn } from "./previewRows.ts"

/** How many records are shown of how many, as far as the file was read. */
export const shownText = (
  preview: Pick<Preview, "records" | "recordsRead" | "rejects" | "warnings">,
  shown: number,
): string => {
  const { recordsRead, warnings } = preview
  const isWhole = !warnings.some(({ code }) => code === "beginning_only")
  if (recordsRead === 0) return "no records"
  if (isWhole && shown === recordsRead) return `${counted(shown, "record")}, all shown`
  const isMost = shown === recordsIn(preview) && shown < recordsRead
  return `first ${count(shown)} of ${isWhole ? "" : "at least "}${counted(recordsRead, "record")} shown${isMost ? ", a preview has no more" : ""}`
}
