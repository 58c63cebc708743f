import { type Notation, rivalOf } from "./Reading.ts"

/** The notations that the values of a file prove. */
export class ProvenNotations {
  /** Of columns all of whose values have the notation, and of any values. */
  readonly #columns = new Set<Notation>()
  readonly #values = new Set<Notation>()

  addColumn(notation: Notation): void {
    this.#columns.add(notation)
    this.#values.add(notation)
  }

  addValue(notation: Notation): void {
    this.#values.add(notation)
  }

  /** Whether the file has this notation, and nothing in the other one. */
  settles(notation: Notation | null): boolean {
    return notation !== null && this.#columns.has(notation) && !this.#values.has(rivalOf[notation])
  }
}
