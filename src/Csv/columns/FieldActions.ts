import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import type { ValueLimit } from "../../Domain/load/columns/target/ValueLimit.ts"
import { charactersCode, encodeAs, typeCodes } from "../types/encode/encodeAs.ts"
import { encodingSpace } from "../types/encode/Encoder.ts"
import type { StoredTypes } from "./StoredTypes.ts"

/**
 * What happens to the fields of a column of the file: they are left out; copied; copied unless they are NULL, after the
 * inference has looked at them; or, from `encode` on, encoded by the type with this code.
 */
export const Action = { skip: 0, copy: 1, look: 2, encode: 3 } as const

const utf8 = new TextEncoder()

const noNulls: ReadonlyArray<Uint8Array> = []

/** What happens to the fields of the file's rows, by their positions. */
export class FieldActions {
  readonly actions: Uint8Array
  /** The column of the table, or -1. */
  readonly columns: Int16Array
  /** The texts that mean NULL. */
  readonly nulls: ReadonlyArray<ReadonlyArray<Uint8Array>>
  readonly hasNulls: boolean
  /** The lengths of the longest of them, -1 for none. */
  readonly longestNulls: Int32Array
  /** 1 for a field without which a record cannot become a row. */
  readonly forbidsNull: Uint8Array
  readonly forbidsSomeNull: boolean
  /** The number of columns of the table. */
  readonly kept: number
  /** Which values the columns of the table take. */
  readonly limits: ReadonlyArray<ValueLimit | undefined>

  /** @param width the number of columns of the file */
  constructor(plan: ReadonlyArray<PlannedColumn>, width: number) {
    this.actions = new Uint8Array(width)
    this.columns = new Int16Array(width).fill(-1)
    this.forbidsNull = new Uint8Array(width)
    this.forbidsSomeNull = plan.some(({ notNull }) => notNull === true)
    const nulls = Array.from({ length: width }, () => noNulls)
    for (const [column, { index, notNull, nullValues }] of plan.entries()) {
      if (notNull === true) this.forbidsNull[index] = 1
      this.columns[index] = column
      nulls[index] = nullValues.map((text) => utf8.encode(text))
    }
    this.nulls = nulls
    this.kept = plan.length
    this.limits = plan.map(({ limit }) => limit)
    this.longestNulls = Int32Array.from(nulls, (texts) => Math.max(-1, ...texts.map(({ length }) => length)))
    this.hasNulls = plan.some(({ nullValues }) => nullValues.length > 0)
  }

  /** Whether all rows stay as they are. */
  get areCopies(): boolean {
    return this.actions.every((action) => action === Action.copy)
  }

  /** The number of fields that are encoded. */
  get encoded(): number {
    return this.actions.filter((action) => action >= Action.encode).length
  }

  /** Whether a text that means NULL would otherwise be a value of the type with this code. */
  hasNullOf(index: number, typeCode: number): boolean {
    return this.nulls[index]!.some((text) => {
      const out = new DataView(new ArrayBuffer(text.length + encodingSpace))
      return encodeAs(typeCode, text, 0, text.length, out, 0) !== -1
    })
  }

  /** Chooses the actions for the types that the table has. */
  choose(types: StoredTypes): void {
    const { stored } = types
    for (const [index, column] of this.columns.entries())
      this.actions[index] = column < 0 ? Action.skip : this.#actionOf(column, stored[column]!, index, types)
  }

  #actionOf(column: number, type: ColumnType, index: number, types: StoredTypes): number {
    if (type !== "text") return Action.encode + typeCodes[type]
    if (this.limits[column] !== undefined) return Action.encode + charactersCode
    return types.isOpen(column) || this.nulls[index]!.length > 0 ? Action.look : Action.copy
  }
}
