import { castChange, type ColumnChange } from "../../Domain/load/columns/ColumnChange.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { ColumnTypes } from "../types/ColumnTypes.ts"
import { fitsRow, safeColumns } from "../types/RowSize.ts"

/**
 * Stored bytes that may be rewritten because a value did not fit: this number, and this multiple of the bytes sent. A file in
 * which column after column gets another type would otherwise take time that grows with the square of its size.
 */
const freeRewrites = 256 * 1024 * 1024
const maxRewriteShare = 2

/** `jsonb` does not keep the text of its values, so that its column could not become text again. */
const storedAs = (type: ColumnType): ColumnType => (type === "jsonb" ? "text" : type)

/**
 * The types that the columns of a table have while rows are sent. An inferred type is that of the first rows, and changes
 * to a wider one with the first value that does not have it.
 */
export class StoredTypes {
  readonly inferred: ColumnTypes
  readonly #given: ReadonlyArray<ColumnType | null>
  readonly #infers: boolean
  /** Bytes of the longest value of each column, -1 for none; `null` if all rows fit in a page in any case. */
  readonly longest: Int32Array | null
  #stored: ReadonlyArray<ColumnType>
  #rewritten = 0
  /** How often the stored rows are rewritten because a value did not fit. */
  rewrites = 0

  /** @param infers whether columns without a given type have an inferred one; otherwise they are text */
  constructor(plan: ReadonlyArray<PlannedColumn>, infers: boolean) {
    this.inferred = new ColumnTypes(plan.length)
    this.#given = plan.map(({ type }) => type)
    this.#infers = infers
    this.longest = infers && plan.length > safeColumns ? new Int32Array(plan.length).fill(-1) : null
    this.#stored = this.#withText()
  }

  get stored(): ReadonlyArray<ColumnType> {
    return this.#stored
  }

  /** Whether the user gave types of columns, which their values may not have. */
  get hasGiven(): boolean {
    return this.#given.some((type) => type !== null && type !== "text")
  }

  /** Whether the values of the column can still change its type. */
  isOpen(column: number): boolean {
    return this.infersType(column) && !this.inferred.isText(column)
  }

  infersType(column: number): boolean {
    return this.#infers && this.#given[column] === null
  }

  /** Takes the value `bytes[from, to)` into account if the type of its column is inferred. */
  look(column: number, bytes: Uint8Array, from: number, to: number): void {
    if (this.infersType(column)) this.inferred.look(column, bytes, from, to)
  }

  /**
   * The types of all values so far, those given by the user among them. All others are `text` if a row with these types
   * might not fit into a Postgres page.
   */
  types(): ReadonlyArray<ColumnType> {
    const types = this.#given.map((given, column) => given ?? this.inferred.type(column))
    return this.longest === null || fitsRow(types, this.longest) ? types : this.#withText()
  }

  /** Chooses the types by the values so far, before rows are sent. */
  start(): void {
    this.#stored = this.types().map((type, column) => (this.infersType(column) ? storedAs(type) : type))
  }

  /**
   * Changes the types that no longer fit the values so far. A column that is stored as text remains so.
   *
   * @param sent bytes of the rows before
   */
  widen(sent: number): ReadonlyArray<ColumnChange> {
    const types = this.types()
    const isExcessive = this.#rewritten + sent > freeRewrites + maxRewriteShare * sent
    const changes = this.#stored.flatMap((stored, column): ReadonlyArray<ColumnChange> => {
      const type = isExcessive ? "text" : storedAs(types[column]!)
      if (!this.infersType(column) || stored === "text" || stored === type) return []
      if (type !== "text") return [castChange(column, type)]
      return [{ column, type, using: (name) => this.inferred.original(column, name) }]
    })
    if (changes.length === 0) return changes
    this.#rewritten += sent
    this.rewrites++
    const stored = [...this.#stored]
    for (const { column, type } of changes) stored[column] = type
    this.#stored = stored
    return changes
  }

  /** The changes that give each column the type of all its values, after the last row. */
  conversions(): ReadonlyArray<ColumnChange> {
    return this.types().flatMap((type, column) =>
      type === this.#stored[column] ? [] : [castChange(column, type)],
    )
  }

  #withText(): ReadonlyArray<ColumnType> {
    return this.#given.map((given) => given ?? "text")
  }
}
