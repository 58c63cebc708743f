import * as Effect from "effect/Effect"
import { type Candidate, type GivenCharacters, type Occurrences } from "./table/Candidate.ts"
import { readSample } from "./table/readSample.ts"
import type { SampleTable } from "./table/SampleTable.ts"
import { scoreCandidate } from "./scoreCandidate.ts"
import { type ShapeOptions, tableShape } from "./TableShape.ts"

export interface ScoredCandidate {
  readonly candidate: Candidate
  readonly score: number
}

/** The sample as a candidate reads it. */
export interface ScoredTable extends ScoredCandidate {
  readonly table: SampleTable
}

export interface TrialOptions extends ShapeOptions {
  readonly given: GivenCharacters
}

/** Bytes that are read between two pauses, in which other fibers run. */
export const bytesPerPause = 128 * 1024

/** Counts bytes and yields after every `bytesPerPause`, so a small file is read without a pause. */
export const makePauses = () => {
  let read = 0
  return (bytes: number): Effect.Effect<void> => {
    read += bytes
    if (read < bytesPerPause) return Effect.void
    read = 0
    return Effect.yieldNow
  }
}

/**
 * Reads a sample in several dialects. Returns all scores, but only the best reading (the first of several
 * that are equally good): a table takes more memory than the sample. `best` is `null` if no candidate was tried.
 */
export const tryCandidates = Effect.fnUntraced(function* (
  sample: {
    readonly found: Occurrences
    readonly isWhole: boolean
    readonly candidates: ReadonlyArray<Candidate>
  },
  options: TrialOptions,
  pauseAfter: (bytes: number) => Effect.Effect<void>,
) {
  const { candidates, found, isWhole } = sample
  const { bytes } = found
  const scores: Array<ScoredCandidate> = []
  let best: ScoredTable | null = null
  for (const candidate of candidates) {
    yield* pauseAfter(bytes.length)
    const table = readSample(bytes, candidate, isWhole)
    yield* pauseAfter(bytes.length)
    const score = scoreCandidate(table, tableShape(table, options), options.given.delimiter !== undefined)
    scores.push({ candidate, score })
    if (best === null || score > best.score) best = { candidate, score, table }
    yield* pauseAfter(bytes.length)
  }
  return { best, scores }
})
