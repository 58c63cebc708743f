import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import { apostropheQuotes } from "./apostrophes.ts"
import type { ChosenReading } from "./chooseReading.ts"
import { closeReading } from "./closeReading.ts"
import type { ComparedCandidate } from "./compareDelimiters.ts"
import { otherTable } from "./otherTable.ts"
import { ruledLine } from "./ruledLine.ts"

/** Warnings about where the table is in the sample. */
export const detectionWarnings = (
  delimiter: number,
  chosen: ChosenReading,
  compared: ReadonlyArray<ComparedCandidate>,
  linesBefore: number,
  isQuoteGiven: boolean,
): ReadonlyArray<LoadWarning> =>
  [
    closeReading(delimiter, chosen, compared, linesBefore),
    otherTable(chosen, linesBefore),
    ruledLine(chosen, linesBefore),
    isQuoteGiven ? null : apostropheQuotes(chosen, linesBefore),
  ].filter((warning) => warning !== null)
