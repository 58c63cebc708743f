/** A guard, and the change of the source that opens it. */
export interface Guard {
  readonly name: string
  /** A file of `src`, and a text that it has once. */
  readonly file: string
  readonly text: string
  /** What replaces the text. */
  readonly open: string
  /** The test file in which at least one case fails then. */
  readonly test: string
}

export const guard = (name: string, test: string, file: string, text: string, open: string): Guard => ({
  name,
  file,
  text,
  open,
  test: `test/${test.includes("/") ? test : `security/${test}`}.test.ts`,
})
