import type { Random } from "./Random.ts"

/** The columns of a data file and a generator of rows, without line endings. ASCII only. */
export interface FileKind {
  readonly name: string
  readonly seed: number
  readonly columns: ReadonlyArray<string>
  readonly row: (random: Random) => string
}
