import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import { fieldHead, lengthAt, nullLength, rowHead } from "../record/CopyBinary.ts"

/** A key that the rows of a load have to have. */
export interface CheckedKey {
  readonly columns: ReadonlyArray<string>
  /** The error for two rows with the same values. */
  readonly duplicates: "primary_key_violated" | "duplicate_key" | "constraint_violated"
}

const titles = {
  primary_key_violated: "The primary key",
  duplicate_key: "The key",
  constraint_violated: "The unique index of the table",
} as const

/** Finds rows that violate a key, before Postgres does. NULL is left to others, except in a primary key. */
export class KeyCheck {
  readonly #code: CheckedKey["duplicates"]
  readonly #width: number
  readonly #columns: ReadonlyArray<PlannedColumn>
  /** The position of each column of the key in the table. */
  readonly #positions: ReadonlyArray<number>
  /** The record of each key so far; `null`: duplicates are left to Postgres. */
  readonly #seen: Map<string, number> | null

  constructor(
    columns: ReadonlyArray<PlannedColumn>,
    key: CheckedKey,
    { findsDuplicates }: { readonly findsDuplicates: boolean },
  ) {
    this.#width = columns.length
    this.#code = key.duplicates
    this.#positions = key.columns.map((column) => columns.findIndex(({ name }) => name === column))
    this.#columns = this.#positions.map((position) => columns[position]!)
    this.#seen = findsDuplicates ? new Map() : null
  }

  /** The error for the first row of a batch that violates the key, given all batches before it. */
  violation({ bytes, firstRecord, lineOfRow, rejects }: CopyBatch): LoadError | undefined {
    if (this.#positions.length === 0) return undefined
    const rejected = new Set(rejects.map(({ record }) => record))
    const heads = new Int32Array(this.#width)
    let record = firstRecord
    for (let at = 0, row = 0; at < bytes.length; row++, record++) {
      while (rejected.has(record)) record++
      at += rowHead
      for (let index = 0; index < this.#width; index++) {
        heads[index] = at
        at += fieldHead + Math.max(0, lengthAt(bytes, at))
      }
      const empty = this.#positions.findIndex((position) => lengthAt(bytes, heads[position]!) === nullLength)
      const line = () => lineOfRow?.(row) ?? null
      if (empty !== -1) {
        if (this.#code === "primary_key_violated") return this.#null(empty, record, line())
        continue
      }
      const earlier = this.#seen === null ? undefined : this.#add(this.#seen, bytes, heads, record)
      if (earlier !== undefined)
        return loadError(
          this.#code,
          `${this.#key} is not unique: records ${earlier} and ${record} have the same values.`,
          { place: { record, line: line() } },
        )
    }
    return undefined
  }

  #null(empty: number, record: number, line: number | null): LoadError {
    const { index, name } = this.#columns[empty]!
    return loadError(
      "primary_key_violated",
      `${this.#key} has NULL: record ${record}${line === null ? "" : `, on line ${line},`} has no value in column ${JSON.stringify(name)}. ` +
        "Correct the record, or choose columns that always have values.",
      { place: { record, line, column: index + 1 } },
    )
  }

  /** Adds the key of a record. Returns the earlier record that has the same. */
  #add(seen: Map<string, number>, bytes: Uint8Array, heads: Int32Array, record: number): number | undefined {
    const values = this.#positions.map((position) => {
      const from = heads[position]!
      // With its length, so that the values of two columns are not taken for those of others.
      const to = from + fieldHead + lengthAt(bytes, from)
      return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1")
    })
    const key = values.join("")
    const earlier = seen.get(key)
    seen.set(key, record)
    return earlier
  }

  get #key(): string {
    return `${titles[this.#code]} (${this.#columns.map(({ name }) => name).join(", ")})`
  }
}
