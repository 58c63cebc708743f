import { lenientBoolean } from "./lenientBoolean.ts"
import { lenientNumber } from "./lenientNumber.ts"
import { lenientTime } from "./lenientTime.ts"
import { lenientUuid } from "./lenientUuid.ts"
import type { NotationOptions, Reading } from "./Reading.ts"

/** The readings of a column with `types=lenient`. */
export const lenientReadings = (options: NotationOptions): ReadonlyArray<Reading> => [
  lenientBoolean,
  lenientNumber(".", options),
  lenientNumber(",", options),
  lenientTime("day first", options.dateFormat),
  lenientTime("month first", options.dateFormat),
  lenientUuid,
]
