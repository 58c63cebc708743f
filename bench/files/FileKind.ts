import type { ColumnType } from "../../src/Domain/load/columns/ColumnType.ts"
import type { Random } from "./Random.ts"

/** The columns of a data file and a generator of rows by their number from 1, without line endings. ASCII only. */
export interface FileKind {
  readonly name: string
  readonly seed: number
  readonly columns: ReadonlyArray<string>
  /** Types of the columns that are not text, if a case needs them. */
  readonly types?: Readonly<Record<string, ColumnType>>
  readonly row: (random: Random, number: number) => string
}
