import type { ValueKind } from "../ValueKind.ts"
import type { Reading, StrictFacts } from "./Reading.ts"

/** A strict kind as a reading of text columns, to find those that are almost of this kind. */
export const strictReading = (name: StrictFacts["kind"], kind: ValueKind): Reading => ({
  begin: (strict) => (strict.kind === null ? kind.start : strict.kind === name ? strict.facts : 0),
  look: (bytes, from, to, facts) => (from === to ? 0 : kind.look(bytes, from, to, facts)),
  type: kind.type,
  convert: (_, column) => column,
  undecided: () => null,
})
