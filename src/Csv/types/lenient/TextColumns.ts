import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import type { ProvenNotations } from "./ProvenNotations.ts"
import {
  type NotationOptions,
  type Reading,
  sawEither,
  sawProof,
  type StrictFacts,
  Taken,
} from "./Reading.ts"

/** Misfits after which a reading of a column is given up: a number, and this share of the rows. */
const maxMisfitShare = 0.05
/** The number is smaller in wide tables, because each misfit takes time in every column. */
const minMisfitsOf = (columns: number): number => Math.min(20, Math.max(2, Math.floor(3200 / columns)))

/** Bytes of a value that are kept to show it. */
const shownBytes = 160

const noValue: StrictFacts = { kind: null, facts: 0 }

const decoder = new TextDecoder()

/** The first value of a column that does not have a reading. */
interface FirstMisfit {
  readonly value: string
  /** Its text; `null` if it is long. */
  readonly bytes: Uint8Array | null
  /** Where the value starts in the rows that were looked at last; -1 once its line is known. */
  from: number
  line: number | null
  /** Its file, if the load has several. */
  fileUrl?: string
}

/** What a column of texts could almost be. */
export interface AlmostType {
  /** The types with the options that they need: two if the values have two readings. */
  readonly choices: ReadonlyArray<{ readonly type: ColumnType; readonly options: NotationOptions }>
  /** Values that are not of the type, those of them with the text of the first, and the first; 0 and `null` if there is none. */
  readonly misfits: number
  readonly same: number
  readonly first: { readonly value: string; readonly line: number | null; readonly fileUrl?: string } | null
  /** Whether all values have the reading, so that an option without a given type is enough for a lenient column. */
  readonly isComplete: boolean
}

const isSame = (one: Uint8Array | null, bytes: Uint8Array, from: number, to: number): boolean =>
  one !== null && to - from === one.length && one.every((byte, index) => bytes[from + index] === byte)

const differs = ({ notation }: Reading, facts: number): boolean =>
  notation !== null && (facts & sawEither) !== 0

/**
 * Reads the values of columns that are no strict type, to find what else they can be, or almost are. A reading that many
 * values do not have is given up, so that columns of plain text cost nothing.
 */
export class TextColumns {
  readonly #readings: ReadonlyArray<Reading>
  readonly #minMisfits: number
  /** By column and reading: the facts about the values that have the reading, 0 if it is given up. */
  readonly #facts: Int32Array
  /** 1 if a given type would take values that do not have the reading. */
  readonly #isLoose: Uint8Array
  /** 1 if values before do not have the reading, so that the others only prove a notation. */
  readonly #isPartial: Uint8Array
  /** 1 if it would refuse a value only with a given notation. */
  readonly #isPinned: Uint8Array
  /** The number of values that do not have it, and the first of them. */
  #misfits: Float64Array
  /** Those with the text of the first one. */
  #same: Float64Array
  #firsts: Array<FirstMisfit | undefined>
  /** The number of values that have it; infinite if values had its strict kind before. */
  #fits: Float64Array
  /** Added to the positions that `look` is given, makes them positions in the rows of the batch. */
  rowsAt = 0
  /** Position of the last value looked at. SIMD looks twice at values of a row that its memory cuts. */
  #lookedTo = -1
  /** Whether a first misfit has no line yet. */
  #isNew = false

  constructor(columns: number, readings: ReadonlyArray<Reading>) {
    const size = columns * readings.length
    this.#readings = readings
    this.#minMisfits = minMisfitsOf(columns)
    this.#facts = new Int32Array(size)
    this.#isLoose = new Uint8Array(size)
    this.#isPartial = new Uint8Array(size)
    this.#isPinned = new Uint8Array(size)
    this.#misfits = new Float64Array(size)
    this.#same = new Float64Array(size)
    this.#fits = new Float64Array(size)
    this.#firsts = Array.from({ length: size })
  }

  /** Starts to read a column whose values before had these facts. */
  begin(column: number, strict: StrictFacts): void {
    for (const [index, reading] of this.#readings.entries()) {
      const at = column * this.#readings.length + index
      const facts = reading.begin(strict)
      const isPartial = facts === 0 && reading.notation !== null
      this.#isPartial[at] = isPartial ? 1 : 0
      this.#facts[at] = isPartial ? reading.begin(noValue) : facts
      this.#fits[at] = strict.kind === null || isPartial ? 0 : Infinity
    }
  }

  /** Takes the value `bytes[from, to)` into account. */
  look(column: number, bytes: Uint8Array, from: number, to: number): void {
    const readings = this.#readings
    const position = from + this.rowsAt
    const isNew = position > this.#lookedTo
    if (isNew) this.#lookedTo = position
    for (let index = 0, at = column * readings.length; index < readings.length; index++, at++) {
      const known = this.#facts[at]!
      if (known === 0) continue
      const facts = readings[index]!.look(bytes, from, to, known)
      if (facts !== 0) {
        this.#facts[at] = facts
        if (isNew) this.#fits[at]!++
      } else this.#miss(at, readings[index]!, bytes, from, to, isNew ? position : null)
    }
  }

  /** @param position where the value starts in the rows of the batch; `null` if it has been counted */
  #miss(
    at: number,
    reading: Reading,
    bytes: Uint8Array,
    from: number,
    to: number,
    position: number | null,
  ): void {
    const taken = reading.take(bytes, from, to, this.#facts[at]!)
    if (taken === Taken.other) this.#facts[at] = 0
    if (taken === Taken.same) this.#isLoose[at] = 1
    if (taken === Taken.unlessGiven) this.#isPinned[at] = 1
    if (position === null || taken === Taken.other) return
    if (taken === Taken.same) {
      this.#fits[at]!++
      return
    }
    const misfits = ++this.#misfits[at]!
    // Most columns of text are known by few values.
    if (misfits > this.#minMisfits && misfits > this.#fits[at]!) this.#facts[at] = 0
    const first = this.#firsts[at]
    if (first !== undefined) {
      if (isSame(first.bytes, bytes, from, to)) this.#same[at]!++
      return
    }
    const value = decoder.decode(bytes.subarray(from, Math.min(to, from + shownBytes)))
    const isShort = to - from <= shownBytes
    this.#firsts[at] = { value, bytes: isShort ? bytes.slice(from, to) : null, from: position, line: null }
    this.#same[at] = 1
    this.#isNew = true
  }

  /** Returns a function that forgets the values from here on. */
  save(): () => void {
    const [facts, firsts] = [this.#facts.slice(), [...this.#firsts]]
    const [loose, pinned] = [this.#isLoose.slice(), this.#isPinned.slice()]
    const [misfits, same, fits] = [this.#misfits.slice(), this.#same.slice(), this.#fits.slice()]
    return () => {
      this.#facts.set(facts)
      this.#isLoose.set(loose)
      this.#isPinned.set(pinned)
      this.#misfits = misfits
      this.#same = same
      this.#fits = fits
      this.#firsts = firsts
    }
  }

  /** Starts with the rows of a batch. */
  beginRows(): void {
    this.#lookedTo = -1
    this.rowsAt = 0
  }

  /** Forgets all counts, because the values are looked at again. */
  forgetCounts(): void {
    this.#misfits.fill(0)
    this.#same.fill(0)
    // What `begin` knows is not a count.
    this.#fits = this.#fits.map((count) => (count === Infinity ? count : 0))
  }

  /** Returns a function that forgets the counts from here on, because the values are looked at again. */
  saveCounts(): () => void {
    const [misfits, same, fits] = [this.#misfits.slice(), this.#same.slice(), this.#fits.slice()]
    return () => {
      this.#misfits = misfits
      this.#same = same
      // What `begin` knows is not a count.
      this.#fits = fits.map((count, at) => (this.#fits[at] === Infinity ? Infinity : count))
    }
  }

  /**
   * Finds the lines of first misfits in the rows that were just looked at.
   *
   * @param linesAt returns the lines of the values at these positions, which ascend
   * @param fileUrl the file of the rows, if the load has several
   */
  locate(
    linesAt: (positions: ReadonlyArray<number>) => ReadonlyArray<number | null>,
    fileUrl: string | undefined,
  ): void {
    if (!this.#isNew) return
    this.#isNew = false
    const found = this.#firsts
      .filter((first): first is FirstMisfit => first !== undefined && first.from !== -1)
      .toSorted((one, other) => one.from - other.from)
    const lines = linesAt(found.map(({ from }) => from))
    for (const [at, first] of found.entries()) {
      first.line = lines[at] ?? null
      if (fileUrl !== undefined) first.fileUrl = fileUrl
      first.from = -1
    }
  }

  /** Gives up the readings that too many values do not have. */
  giveUp(rows: number): void {
    const most = Math.max(this.#minMisfits, maxMisfitShare * rows)
    for (let at = 0; at < this.#misfits.length; at++) if (this.#misfits[at]! > most) this.#facts[at] = 0
  }

  /** Whether values of the column still matter. */
  isOpen(column: number): boolean {
    const first = column * this.#readings.length
    for (let at = first; at < first + this.#readings.length; at++) if (this.#facts[at] !== 0) return true
    return false
  }

  /** Adds the notations that the values of the column prove. */
  prove(column: number, proven: ProvenNotations): void {
    for (const at of this.#positions(column)) {
      const { isAllowed, notation } = this.#readingAt(at)
      if (notation === null || (this.#facts[at]! & sawProof) === 0) continue
      if (isAllowed && this.#isComplete(at)) proven.addColumn(notation)
      else proven.addValue(notation)
    }
  }

  /** The type of which all values of the column are; `text` if there is none. */
  type(column: number, proven: ProvenNotations): ColumnType {
    const at = this.#chosen(column, proven)
    return at === null ? "text" : this.#readingAt(at).type(this.#facts[at]!)
  }

  /** The SQL expression for the values of the texts `name`, in this type. */
  convert(column: number, proven: ProvenNotations, name: string): string {
    const at = this.#chosen(column, proven)
    return at === null ? name : this.#readingAt(at).convert(this.#facts[at]!, name)
  }

  /** The date format of all values of the column; `undefined` if there is none. */
  dateFormat(column: number, proven: ProvenNotations): string | undefined {
    const at = this.#chosen(column, proven)
    return at === null ? undefined : this.#readingAt(at).options(this.#facts[at]!, false).dateFormat
  }

  /** The type that most values of a column of texts have; `null` if there is none. */
  almost(column: number, proven: ProvenNotations): AlmostType | null {
    const candidates = this.#positions(column)
      .filter(
        (at) =>
          this.#facts[at] !== 0 &&
          this.#isPartial[at] === 0 &&
          this.#fits[at]! > this.#misfits[at]! &&
          this.#readingAt(at).type(this.#facts[at]!) !== "text",
      )
      .toSorted((one, other) => this.#misfits[one]! - this.#misfits[other]!)
    const best = candidates[0]
    if (best === undefined) return null
    const equal = candidates.filter((at) => this.#misfits[at] === this.#misfits[best])
    const allowed = equal.filter((at) => this.#readingAt(at).isAllowed)
    const readings = allowed.length > 0 ? allowed : equal
    const chosen = this.#choose(readings, proven)
    return {
      choices: (chosen === null ? readings : [chosen]).map((at) => ({
        type: this.#readingAt(at).type(this.#facts[at]!),
        options: this.#readingAt(at).options(this.#facts[at]!, this.#isPinned[at] === 1),
      })),
      misfits: this.#misfits[best]!,
      same: this.#same[best]!,
      first: this.#misfits[best] === 0 ? null : (this.#firsts[best] ?? null),
      isComplete: readings.every((at) => this.#isComplete(at)),
    }
  }

  #positions(column: number): ReadonlyArray<number> {
    return this.#readings.map((_, index) => column * this.#readings.length + index)
  }

  #readingAt(at: number): Reading {
    return this.#readings[at % this.#readings.length]!
  }

  /** Whether all values have the reading, and it is a type. */
  #isComplete(at: number): boolean {
    const facts = this.#facts[at]!
    return (
      facts !== 0 &&
      this.#misfits[at] === 0 &&
      this.#isLoose[at] === 0 &&
      this.#isPartial[at] === 0 &&
      this.#readingAt(at).type(facts) !== "text"
    )
  }

  /** The reading that all values have, as its position in `#facts`; `null` if there is none, or two that differ. */
  #chosen(column: number, proven: ProvenNotations): number | null {
    const complete = this.#positions(column).filter(
      (at) => this.#readingAt(at).isAllowed && this.#isComplete(at),
    )
    return this.#choose(complete, proven)
  }

  #choose(readings: ReadonlyArray<number>, proven: ProvenNotations): number | null {
    const [first, ...others] = readings
    if (first === undefined || others.length === 0) return first ?? null
    if (!readings.some((at) => differs(this.#readingAt(at), this.#facts[at]!))) return first
    return readings.find((at) => proven.settles(this.#readingAt(at).notation)) ?? null
  }
}
