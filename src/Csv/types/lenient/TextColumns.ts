import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import type { Reading, StrictFacts } from "./Reading.ts"

/** Misfits after which a reading of a column is given up: this number, and this share of the rows. */
const minMisfits = 20
const maxMisfitShare = 0.05

/** Bytes of a value that are kept to show it. */
const shownBytes = 160

const decoder = new TextDecoder()

/** The first value of a column that does not have a reading. */
interface FirstMisfit {
  readonly value: string
  /** Where the value starts in the rows that were looked at last; -1 once its line is known. */
  from: number
  line: number | null
}

/** What a column of texts could almost be. */
export interface AlmostType {
  readonly type: ColumnType
  /** Values that are not of the type, and the first of them; 0 and `null` if the reading is undecided. */
  readonly misfits: number
  readonly first: { readonly value: string; readonly line: number | null } | null
  /** The option that would decide between several readings of all values. */
  readonly undecided: string | null
}

/**
 * Reads the values of columns that are no strict type, to find what else they can be, or almost are. A reading that many
 * values do not have is given up, so that columns of plain text cost nothing.
 */
export class TextColumns {
  readonly #readings: ReadonlyArray<Reading>
  /** By column and reading: the facts about the values that have the reading, 0 if it is given up. */
  readonly #facts: Int32Array
  /** The number of values that do not have it, and the first of them. */
  #misfits: Float64Array
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
    this.#facts = new Int32Array(size)
    this.#misfits = new Float64Array(size)
    this.#fits = new Float64Array(size)
    this.#firsts = Array.from({ length: size })
  }

  /** Starts to read a column whose values before had these facts. */
  begin(column: number, strict: StrictFacts): void {
    for (const [index, reading] of this.#readings.entries()) {
      const at = column * this.#readings.length + index
      this.#facts[at] = reading.begin(strict)
      this.#fits[at] = strict.kind === null ? 0 : Infinity
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
      } else if (isNew && this.#misfits[at]!++ === 0 && this.#firsts[at] === undefined) {
        const value = decoder.decode(bytes.subarray(from, Math.min(to, from + shownBytes)))
        this.#firsts[at] = { value, from: position, line: null }
        this.#isNew = true
      }
    }
  }

  /** Returns a function that forgets the values from here on. */
  save(): () => void {
    const [facts, misfits, fits] = [this.#facts.slice(), this.#misfits.slice(), this.#fits.slice()]
    const firsts = [...this.#firsts]
    return () => {
      this.#facts.set(facts)
      this.#misfits = misfits
      this.#fits = fits
      this.#firsts = firsts
    }
  }

  /** Starts with the rows of a batch. Returns a function that counts none of their values, because they are looked at again. */
  saveCounts(): () => void {
    this.#lookedTo = -1
    const [misfits, fits] = [this.#misfits.slice(), this.#fits.slice()]
    return () => {
      this.#misfits = misfits
      // What `begin` knows is not a count.
      this.#fits = fits.map((count, at) => (this.#fits[at] === Infinity ? Infinity : count))
    }
  }

  /**
   * Finds the lines of first misfits in the rows that were just looked at.
   *
   * @param linesAt returns the lines of the values at these positions, which ascend
   */
  locate(linesAt: (positions: ReadonlyArray<number>) => ReadonlyArray<number | null>): void {
    if (!this.#isNew) return
    this.#isNew = false
    const found = this.#firsts
      .filter((first): first is FirstMisfit => first !== undefined && first.from !== -1)
      .toSorted((one, other) => one.from - other.from)
    const lines = linesAt(found.map(({ from }) => from))
    for (const [at, first] of found.entries()) {
      first.line = lines[at] ?? null
      first.from = -1
    }
  }

  /** Gives up the readings that too many values do not have. */
  giveUp(rows: number): void {
    const most = Math.max(minMisfits, maxMisfitShare * rows)
    for (let at = 0; at < this.#misfits.length; at++) if (this.#misfits[at]! > most) this.#facts[at] = 0
  }

  /** Whether values of the column still matter. */
  isOpen(column: number): boolean {
    const first = column * this.#readings.length
    for (let at = first; at < first + this.#readings.length; at++) if (this.#facts[at] !== 0) return true
    return false
  }

  /** The type of which all values of the column are; `text` if there is none. */
  type(column: number): ColumnType {
    const at = this.#onlyReading(column)
    return at === null ? "text" : this.#readings[at % this.#readings.length]!.type(this.#facts[at]!)
  }

  /** The SQL expression for the values of the texts `name`, in this type. */
  convert(column: number, name: string): string {
    const at = this.#onlyReading(column)
    return at === null ? name : this.#readings[at % this.#readings.length]!.convert(this.#facts[at]!, name)
  }

  /** The type that most values of a column of texts have; `null` if there is none. */
  almost(column: number): AlmostType | null {
    const candidates = this.#readings.flatMap((reading, index): ReadonlyArray<AlmostType> => {
      const at = column * this.#readings.length + index
      const [facts, misfits] = [this.#facts[at]!, this.#misfits[at]!]
      if (facts === 0 || this.#fits[at]! <= misfits) return []
      const type = reading.type(facts)
      const undecided = reading.undecided(facts)
      if (type === "text" && undecided === null) return []
      return [{ type, misfits, first: this.#firsts[at] ?? null, undecided }]
    })
    return candidates.toSorted((one, other) => one.misfits - other.misfits)[0] ?? null
  }

  /** The reading that all values have and that is a type, as its position in `#facts`. */
  #onlyReading(column: number): number | null {
    for (const [index, reading] of this.#readings.entries()) {
      const at = column * this.#readings.length + index
      const facts = this.#facts[at]!
      if (facts !== 0 && this.#misfits[at] === 0 && reading.type(facts) !== "text") return at
    }
    return null
  }
}
