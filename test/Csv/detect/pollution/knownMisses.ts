/** Files that are misread: how many of each table's, by how they are polluted. */
type Misses = Readonly<
  Record<string, { readonly misses: Readonly<Record<string, number>>; readonly why: string }>
>

const asWide =
  "The lines before the header are as wide as the table, and all of it is text: the first record may well be the header and the blank line an accident. What is skipped is lost, what is not is seen."
const oneOfTwo =
  "Four rows, and of the two cells that begin with a quote one is not closed: either may be the accident. The row is loaded with its quote as text."

/** Of the 5,179 files with one pollution each. */
export const knownMisses: Misses = {
  "1 lines of keys and values and a blank line": { misses: { capitals: 7 }, why: asWide },
  "2 lines of keys and values and a blank line": { misses: { capitals: 7 }, why: asWide },
  "3 lines of keys and values and a blank line": { misses: { capitals: 7 }, why: asWide },
  "5 lines of keys and values and a blank line": { misses: { capitals: 7 }, why: asWide },
  "prose before the header": {
    misses: { capitals: 4 },
    why: "A line of prose with one delimiter is as wide as a table of two columns, and blanks behind delimiters may be in a header too.",
  },
  "prose and a blank line before the header": { misses: { capitals: 4 }, why: "The same." },
  "the first row has another delimiter": {
    misses: { capitals: 1 },
    why: "Four rows of text: without its first row, which has one cell, the second row is as likely a header as the line above.",
  },
  "the first row has a quote that is not closed": { misses: { survey: 1 }, why: oneOfTwo },
  "the last row has a quote that is not closed": { misses: { survey: 1 }, why: oneOfTwo },
  "the last row has text behind a closing quote": { misses: { survey: 1 }, why: oneOfTwo },
}

/** Of the 756 files with one column. */
export const knownMissesOfOneColumn: Misses = {}

/** Of the 600 files with three pollutions each: a small table with too little evidence against its skipped lines. */
export const knownMissesOfThree: Readonly<Record<string, number>> = { survey: 1 }
