import { delimiters, lineEnds } from "./dialects.ts"
import { encodings, packed } from "./encodings.ts"
import { headers } from "./headers.ts"
import type { OddFile } from "./OddFile.ts"
import { records } from "./records.ts"

/** Fifty-odd files, each with the table that must come of it. */
export const oddFiles: ReadonlyArray<OddFile> = [
  ...delimiters,
  ...lineEnds,
  ...encodings,
  ...headers,
  ...records,
  ...packed,
]
