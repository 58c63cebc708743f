import { castChange, type ColumnChange } from "../../Domain/load/columns/ColumnChange.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { ColumnTypes, strictReadings } from "../types/ColumnTypes.ts"
import { mayGetLong } from "../types/NumberKind.ts"
import { lenientReadings } from "../types/lenient/lenientReadings.ts"
import { TextColumns } from "../types/lenient/TextColumns.ts"
import { fitsRow, safeColumns } from "../types/RowSize.ts"

/**
 * Stored bytes that may be rewritten because a value did not fit: this number, and this multiple of the bytes sent. A file in
 * which column after column gets another type would otherwise take time that grows with the square of its size.
 */
const freeRewrites = 256 * 1024 * 1024
const maxRewriteShare = 2

/** `jsonb` does not keep the text of its values, so that its column could not become text again. */
const storedAs = (type: ColumnType): ColumnType => (type === "jsonb" ? "text" : type)

/** Whether and how the types of columns are inferred. */
export interface InferenceOptions extends Pick<LoadOptions, "dateFormat" | "decimal" | "types"> {
  /** Columns without a given type have an inferred one; otherwise they are text. */
  readonly infer: boolean
}

/**
 * The types that the columns of a table have while rows are sent. An inferred type is that of the first rows, and changes
 * to a wider one with the first value that does not have it.
 */
export class StoredTypes {
  readonly inferred: ColumnTypes
  /** Reads the columns that have become text. With lenient types they may get a type after the last row. */
  readonly texts: TextColumns
  readonly #isLenient: boolean
  readonly #given: ReadonlyArray<ColumnType | null>
  readonly #infers: boolean
  /** Bytes of the longest value of each column, -1 for none; `null` if all rows fit in a page in any case. */
  readonly longest: Int32Array | null
  #stored: ReadonlyArray<ColumnType>
  #rewritten = 0
  /** How often the stored rows are rewritten because a value did not fit. */
  rewrites = 0

  constructor(plan: ReadonlyArray<PlannedColumn>, options: InferenceOptions) {
    this.#isLenient = options.types === "lenient"
    this.inferred = new ColumnTypes(plan.length, !this.#isLenient || options.decimal !== ",")
    const readings = this.#isLenient ? lenientReadings(options) : strictReadings
    this.texts = new TextColumns(plan.length, options.infer ? readings : [])
    this.#given = plan.map(({ type }) => type)
    this.#infers = options.infer
    this.longest = options.infer && plan.length > safeColumns ? new Int32Array(plan.length).fill(-1) : null
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
    return this.infersType(column) && (!this.inferred.isText(column) || this.texts.isOpen(column))
  }

  infersType(column: number): boolean {
    return this.#infers && this.#given[column] === null
  }

  /**
   * Takes the value `bytes[from, to)` into account if the type of its column is inferred. Returns whether it says something
   * new about the strict type.
   */
  look(column: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (!this.infersType(column)) return false
    const { inferred, texts } = this
    if (!inferred.isText(column)) {
      const isNew = inferred.look(column, bytes, from, to)
      if (!inferred.isText(column)) return isNew
      texts.begin(column, inferred.strictFacts(column))
    }
    texts.look(column, bytes, from, to)
    return true
  }

  /** Whether each number of the column has to be looked at, because its digits matter if it becomes lenient. */
  leavesNumbers(column: number): boolean {
    if (!this.#isLenient) return false
    const { facts, kind } = this.inferred.strictFacts(column)
    return kind === "number" && mayGetLong(facts)
  }

  /** Returns a function that forgets the values from here on. */
  save(): () => void {
    const restores = [this.inferred.save(), this.texts.save()]
    return () => {
      for (const restore of restores) restore()
    }
  }

  /**
   * The types of all values so far, those given by the user among them. All others are `text` if a row with these types
   * might not fit into a Postgres page.
   */
  types(): ReadonlyArray<ColumnType> {
    return this.#ifTheyFit((column) =>
      this.#isLenient && this.inferred.isText(column) ? this.texts.type(column) : this.inferred.type(column),
    )
  }

  /** The same without leniency: texts cannot be restored from lenient types, so they are text until the last row. */
  #strictTypes(): ReadonlyArray<ColumnType> {
    return this.#ifTheyFit((column) => this.inferred.type(column))
  }

  #ifTheyFit(typeOf: (column: number) => ColumnType): ReadonlyArray<ColumnType> {
    const types = this.#given.map((given, column) => given ?? typeOf(column))
    return this.longest === null || fitsRow(types, this.longest) ? types : this.#withText()
  }

  /** Chooses the types by the values so far, before rows are sent. */
  start(): void {
    this.#stored = this.#strictTypes().map((type, column) =>
      this.infersType(column) ? storedAs(type) : type,
    )
  }

  /**
   * Changes the types that no longer fit the values so far. A column that is stored as text remains so.
   *
   * @param sent bytes of the rows before
   */
  widen(sent: number): ReadonlyArray<ColumnChange> {
    const types = this.#strictTypes()
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
    return this.types().flatMap((type, column): ReadonlyArray<ColumnChange> => {
      if (type === this.#stored[column]) return []
      return this.#isLenient && this.inferred.isText(column)
        ? [{ column, type, using: (name) => this.texts.convert(column, name) }]
        : [castChange(column, type)]
    })
  }

  #withText(): ReadonlyArray<ColumnType> {
    return this.#given.map((given) => given ?? "text")
  }
}
