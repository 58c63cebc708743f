import * as Stream from "effect/Stream"
import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
import { binaryHeader, binaryTrailer, type CopyChunk } from "./CopyIn.ts"

/** The table of a COPY, as SQL writes it. */
export interface CopyInto {
  readonly table: string
  /** Rows are written as VACUUM FREEZE would leave them, which Postgres does if the transaction has created the table. */
  readonly freezes: boolean
}

/** @param format `null`: COPY's binary format */
export const copyStatement = ({ freezes, table }: CopyInto, format: TextFormat | null): string => {
  const options =
    format === null
      ? "format binary"
      : `format text, delimiter ${quoteLiteral(format.delimiter)}, null ${quoteLiteral(format.null)}`
  return `copy ${table} from stdin with (${options}${freezes ? ", freeze" : ""})`
}

/** The data of a COPY with these rows. The text format has neither header nor trailer. */
export const framed = <E, R>(
  format: TextFormat | null,
  rows: Stream.Stream<CopyChunk, E, R>,
): Stream.Stream<CopyChunk, E, R> =>
  format === null
    ? Stream.make(binaryHeader).pipe(Stream.concat(rows), Stream.concat(Stream.make(binaryTrailer)))
    : rows

/** The same for rows that are there already. */
export const framedAtOnce = (
  format: TextFormat | null,
  rows: ReadonlyArray<CopyChunk>,
): ReadonlyArray<CopyChunk> => (format === null ? [binaryHeader, ...rows, binaryTrailer] : rows)
