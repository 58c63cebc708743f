import { lastLinesStart } from "../../record/lastLinesStart.ts"
import type { FooterStart } from "./withFooter.ts"

/** A footer of this many lines. One line more is held back until the end, because the last one may not have ended. */
export const lastLines =
  (lines: number): FooterStart =>
  (text, isEnd) =>
    lastLinesStart(text, isEnd ? lines : lines + 1)
