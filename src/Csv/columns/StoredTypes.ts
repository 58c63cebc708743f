import { castChange, type ColumnChange } from "../../Domain/load/columns/ColumnChange.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import { datePartsOf, isDateOfDigits } from "../../Domain/load/options/DateFormat.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { ColumnTypes, strictReadings } from "../types/ColumnTypes.ts"
import { hasDecimalPoint, isWhole, mayGetLong, mayHaveThousands } from "../types/NumberKind.ts"
import { DateReader } from "../types/lenient/DateReader.ts"
import type { GivenNotation } from "../types/lenient/GivenNotation.ts"
import { lenientReadings } from "../types/lenient/lenientReadings.ts"
import { ProvenNotations } from "../types/lenient/ProvenNotations.ts"
import type { StrictFacts } from "../types/lenient/Reading.ts"
import { type AlmostType, TextColumns } from "../types/lenient/TextColumns.ts"
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
  /** Shows which columns have a lenient type, although the types are strict. */
  readonly showsLenient?: boolean
}

const noProof = { proven: new Set<never>() }

/** Whether all numbers of a column have the given date format. */
const Dated = { unknown: 0, all: 1, not: 2 } as const

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
  /** Whether columns have types, or limits of a table that exists, which their values may not have. */
  readonly hasGiven: boolean
  readonly #infers: boolean
  /** Reads numbers that are dates in the given format, such as 20241231. */
  readonly #digitDates: DateReader | null
  readonly #dated: Uint8Array
  readonly #needsPoint: boolean
  readonly #givenNotation: Pick<GivenNotation, "proven">
  /** Bytes of the longest value of each column, -1 for none; `null` if all rows fit in a page in any case. */
  readonly longest: Int32Array | null
  #stored: ReadonlyArray<ColumnType>
  #rewritten = 0
  /** How often the stored rows are rewritten because a value did not fit. */
  rewrites = 0

  /** @param given columns whose values may prove notations */
  constructor(
    plan: ReadonlyArray<PlannedColumn>,
    options: InferenceOptions,
    given: Pick<GivenNotation, "proven"> = noProof,
  ) {
    this.#givenNotation = given
    this.#isLenient = options.types === "lenient"
    this.inferred = new ColumnTypes(plan.length, !this.#isLenient || options.decimal !== ",")
    const { dateFormat, decimal, showsLenient = false } = options
    // Options about notations also apply to the types that hints propose.
    const showsNotations = showsLenient || dateFormat !== undefined || decimal !== undefined
    const readings = this.#isLenient || showsNotations ? lenientReadings(options) : strictReadings
    this.#digitDates =
      this.#isLenient && dateFormat !== undefined && isDateOfDigits(datePartsOf(dateFormat))
        ? new DateReader(dateFormat)
        : null
    this.#dated = new Uint8Array(plan.length)
    this.#needsPoint = this.#isLenient && options.decimal === undefined
    this.texts = new TextColumns(plan.length, options.infer ? readings : [])
    this.#given = plan.map(({ type }) => type)
    this.hasGiven = plan.some(({ limit, type }) => limit !== undefined || (type !== null && type !== "text"))
    this.#infers = options.infer
    this.longest = options.infer && plan.length > safeColumns ? new Int32Array(plan.length).fill(-1) : null
    this.#stored = this.#withText()
  }

  get stored(): ReadonlyArray<ColumnType> {
    return this.#stored
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
      if (!inferred.isText(column)) {
        if (this.#digitDates !== null) this.#lookForDate(this.#digitDates, column, bytes, from, to)
        return isNew
      }
      texts.begin(column, this.#strictFacts(column))
    }
    texts.look(column, bytes, from, to)
    return true
  }

  /** Whether each number of the column has to be looked at, because it matters how a lenient column is read. */
  leavesNumbers(column: number): boolean {
    if (!this.#isLenient) return false
    const { facts, kind } = this.inferred.strictFacts(column)
    if (kind !== "number") return false
    const isOpen = this.#needsPoint && !isWhole(facts) && !hasDecimalPoint(facts)
    return mayGetLong(facts) || isOpen || this.#dated[column] === Dated.all
  }

  /** Returns a function that forgets the values from here on. */
  save(): () => void {
    const restores = [this.inferred.save(), this.texts.save()]
    const dated = this.#dated.slice()
    return () => {
      for (const restore of restores) restore()
      this.#dated.set(dated)
    }
  }

  /**
   * The types of all values so far, those given by the user among them. All others are `text` if a row with these types
   * might not fit into a Postgres page.
   */
  types(): ReadonlyArray<ColumnType> {
    const proven = this.#proven()
    return this.#ifTheyFit((column) =>
      this.#isReread(column) ? this.texts.type(column, proven) : this.inferred.type(column),
    )
  }

  /** For each column of text with an inferred type why it is text, `null` if few values have a type. */
  almostTyped(): ReadonlyArray<AlmostType | null> {
    const proven = this.#proven()
    return this.types().map((type, column) =>
      type === "text" && this.infersType(column) ? this.texts.almost(column, proven) : null,
    )
  }

  /** The date formats of the lenient columns that have one. */
  dateFormats(): ReadonlyArray<string | undefined> {
    const proven = this.#proven()
    return this.#given.map((_, column) =>
      this.infersType(column) && this.#isReread(column) ? this.texts.dateFormat(column, proven) : undefined,
    )
  }

  /** The same without leniency: texts cannot be restored from lenient types, so they are text until the last row. */
  #strictTypes(): ReadonlyArray<ColumnType> {
    return this.#ifTheyFit((column) => this.inferred.type(column))
  }

  #strictFacts(column: number): StrictFacts {
    return { ...this.inferred.strictFacts(column), isDated: this.#dated[column] === Dated.all }
  }

  #lookForDate(format: DateReader, column: number, bytes: Uint8Array, from: number, to: number): void {
    if (this.#dated[column] === Dated.not || !this.inferred.isNumber(column)) return
    this.#dated[column] = format.read(bytes, from, to) ? Dated.all : Dated.not
  }

  /** Whether the strict type of a column is not the lenient one: its numbers may have thousands, or are dates. */
  #isReread(column: number): boolean {
    if (!this.#isLenient) return false
    if (this.inferred.isText(column)) return true
    const { facts, kind } = this.inferred.strictFacts(column)
    if (kind !== "number") return false
    const isEither = this.#needsPoint && mayHaveThousands(facts) && !hasDecimalPoint(facts)
    return isEither || this.#dated[column] === Dated.all
  }

  /** The notations that the columns prove. Starts to read the numbers again that have two readings. */
  #proven(): ProvenNotations {
    const proven = new ProvenNotations()
    for (const notation of this.#givenNotation.proven) proven.addColumn(notation)
    for (const column of this.#given.keys()) {
      if (!this.infersType(column)) continue
      if (this.#isReread(column)) {
        if (!this.inferred.isText(column)) this.texts.begin(column, this.#strictFacts(column))
        this.texts.prove(column, proven)
        continue
      }
      const { facts, kind } = this.inferred.strictFacts(column)
      if (kind === "number" && hasDecimalPoint(facts)) proven.addColumn("decimal point")
    }
    return proven
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
    const proven = this.#proven()
    return this.types().flatMap((type, column): ReadonlyArray<ColumnChange> => {
      if (type === this.#stored[column]) return []
      if (!this.#isReread(column)) return [castChange(column, type)]
      const original = (name: string) =>
        this.inferred.isText(column) ? name : this.inferred.original(column, name)
      const using = (name: string) =>
        type === "text" ? original(name) : this.texts.convert(column, proven, original(name))
      return [{ column, type, using }]
    })
  }

  #withText(): ReadonlyArray<ColumnType> {
    return this.#given.map((given) => given ?? "text")
  }
}
