import { delimiters, lineEndings } from "./dialects.ts"
import { compressed, encodings } from "./encodings.ts"
import { headers } from "./headers.ts"
import type { UnusualFile } from "./UnusualFile.ts"
import { records } from "./records.ts"

/** About fifty files, each with its expected table. */
export const unusualFiles: ReadonlyArray<UnusualFile> = [
  ...delimiters,
  ...lineEndings,
  ...encodings,
  ...headers,
  ...records,
  ...compressed,
]
