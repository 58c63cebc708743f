import { carriageReturn, lineFeed } from "../../../Bytes/Ascii.ts"
import { countLineEnds } from "../../record/countLineEnds.ts"
import { Kind, type ScanRules } from "../../record/ScanRules.ts"
import { RecordLexer } from "../../repair/RecordLexer.ts"

/** Reads the records of a text one after the other. They are valid, with nothing but blank lines between them. */
export class RecordWalk {
  readonly #text: Uint8Array
  readonly #rules: ScanRules
  /** The byte before the next record, or blank line. */
  #previous: number
  #next = 0
  /** The current record, without its line ending, and the line on which it starts. */
  from = 0
  to = 0
  line: number
  #nextLine: number

  /**
   * @param line on which the text starts
   * @param previous the byte before the text
   */
  constructor(text: Uint8Array, rules: ScanRules, line: number, previous: number) {
    this.#text = text
    this.#rules = rules
    this.line = line
    this.#nextLine = line
    this.#previous = previous
  }

  /** Moves to the next record. */
  advance(): void {
    this.#skipBlankLines()
    const text = this.#text
    this.from = this.#next
    this.line = this.#nextLine
    this.to = new RecordLexer(this.#rules).advance(text, this.from, text.length)
    this.#next = Math.min(this.to + 1, text.length)
    const isOpen = this.to === text.length
    this.#nextLine += countLineEnds(text, this.from, this.#next, 0) + (isOpen ? 1 : 0)
    if (!isOpen) this.#previous = text[this.to]!
  }

  /** Moves to the only record of the text, which a lexer need not be able to read. */
  takeWhole(): void {
    const last = this.#text.at(-1)
    this.to = this.#text.length - (last === lineFeed || last === carriageReturn ? 1 : 0)
  }

  /** Where the field with this number, from 1, starts in the text. */
  fieldStart(field: number): number {
    const lexer = new RecordLexer(this.#rules)
    let at = this.from
    while (lexer.fields < field && at < this.to) at = lexer.advance(this.#text, at, at + 1)
    return at
  }

  #skipBlankLines(): void {
    const { extras, unquoted } = this.#rules
    const text = this.#text
    for (;;) {
      let at = this.#next
      while (at < text.length && text[at] === extras?.blank) at++
      const kind = at < text.length ? unquoted[text[at]!] : Kind.plain
      if (kind !== Kind.lineFeed && kind !== Kind.carriageReturn) return
      this.#nextLine += countLineEnds(text, this.#next, at + 1, this.#previous)
      this.#previous = text[at]!
      this.#next = at + 1
    }
  }
}
