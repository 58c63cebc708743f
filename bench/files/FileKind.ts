import type { Random } from "./Random.ts"

/** What a data file holds: its columns, and how a row is written, without the line end. ASCII only. */
export interface FileKind {
  readonly name: string
  readonly seed: number
  readonly columns: ReadonlyArray<string>
  readonly row: (random: Random) => string
}
