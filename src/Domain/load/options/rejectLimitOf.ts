import type { LoadOptions } from "./LoadOptions.ts"
import { defaultRejectLimit, type RejectLimit } from "./RejectLimit.ts"

/** Rows whose record was rejected would be deleted as if the file did not have them. */
const none: RejectLimit = { _tag: "Rows", rows: 0 }

/** The limit of rejects of a load with these options. */
export const rejectLimitOf = ({ deleteMissing = false, maxBadRows }: LoadOptions): RejectLimit =>
  maxBadRows ?? (deleteMissing ? none : defaultRejectLimit)
