import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import { lenientBoolean } from "./lenientBoolean.ts"
import { lenientNumber } from "./lenientNumber.ts"
import { lenientTime } from "./lenientTime.ts"
import { lenientUuid } from "./lenientUuid.ts"
import type { Reading } from "./Reading.ts"

/** The readings of a column with `types=lenient`. */
export const lenientReadings = ({
  dateFormat,
  decimal,
}: Pick<LoadOptions, "dateFormat" | "decimal">): ReadonlyArray<Reading> => [
  lenientBoolean,
  lenientNumber(decimal),
  lenientTime(dateFormat),
  lenientUuid,
]
