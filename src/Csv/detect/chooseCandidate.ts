import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { carriageReturn, comma, doubleQuote, lineFeed } from "../../Bytes/Ascii.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { firstLinesEnd } from "../record/firstLinesEnd.ts"
import type { Sample } from "../record/Sample.ts"
import { bestOfDelimiters, chooseDelimiter } from "./chooseDelimiter.ts"
import { type ChoiceOptions, type ChosenReading, chooseReading } from "./chooseReading.ts"
import { type ComparedCandidate, compareDelimiters } from "./compareDelimiters.ts"
import {
  type Candidate,
  candidatesOf,
  delimitersToTry,
  type Occurrences,
  occurrences,
} from "./table/Candidate.ts"
import {
  makePauses,
  type ScoredCandidate,
  type ScoredTable,
  type TrialOptions,
  tryCandidates,
} from "./tryCandidates.ts"

export interface ChosenCandidate {
  readonly best: ScoredTable
  /** `null` if the sample has no records. */
  readonly chosen: ChosenReading | null
  /** The delimiters by their bits; empty if the best one leaves no doubt. */
  readonly compared: ReadonlyArray<ComparedCandidate>
  /** The reading is of the whole text. */
  readonly isWhole: boolean
}

interface SearchOptions {
  readonly trial: TrialOptions
  readonly choice: Omit<ChoiceOptions, "isWhole">
}

/** This many records without a flaw leave no doubt. */
const enoughRecords = 20

/** Bytes that are read at most in the trials of each look. */
const maxTrialBytes = 1024 * 1024
/** Every candidate is tried on at least this many. */
const minTrialBytes = 16 * 1024

/** Later lines are ignored: reading a megabyte of very short lines would block the thread. */
const maxLines = 64 * 1024

/** A candidate with less than this share of the best score is not tried again. */
const likelyShare = 0.5

/** Whether no other delimiter is a close second. */
const isAlone = ({ candidate, score }: ScoredTable, scores: ReadonlyArray<ScoredCandidate>): boolean =>
  scores.every((other) => other.candidate.delimiter === candidate.delimiter || other.score < score / 2)

/** Whether enough records, from this one on, have no flaw with the candidate. */
const isFlawless = ({ table }: ScoredTable, from: number): boolean => {
  const first = table.records[from]
  return (
    table.malformed + table.undoubled === 0 &&
    table.records.length - from >= enoughRecords &&
    table.records.every(({ width }, index) => index < from || width === first!.width)
  )
}

/** Whether the quote is the usual one, which has been seen unless the delimiter is usual too, or there is none in one column. */
const isUsual = ({ candidate, table }: ScoredTable, scores: ReadonlyArray<ScoredCandidate>): boolean =>
  candidate.quote === doubleQuote &&
  candidate.escape === doubleQuote &&
  !candidate.skipInitialSpace &&
  candidate.recordEnd === "any" &&
  (candidate.delimiter === comma ||
    (candidate.delimiter === -1
      ? scores.every((other) => other.candidate.delimiter === -1)
      : table.quoted > 0))

/** The beginning of the sample on which all candidates can be tried. */
const within = (found: Occurrences, candidates: number): Occurrences => {
  const most = Math.max(minTrialBytes, Math.floor(maxTrialBytes / Math.max(1, candidates)))
  return found.bytes.length <= most ? found : { ...found, bytes: found.bytes.subarray(0, most) }
}

/** The two best candidates of the first look, if they are close, and those with characters that were not in it. */
const likelyCandidates = (
  candidates: ReadonlyArray<Candidate>,
  scores: ReadonlyArray<ScoredCandidate>,
): ReadonlyArray<Candidate> => {
  const scoreOf = (candidate: Candidate): number =>
    scores.find((other) => Equal.equals(other.candidate, candidate))?.score ?? Infinity
  const tried = candidates.map(scoreOf).filter((score) => score < Infinity)
  const [best = 0, second = 0] = tried.toSorted((a, b) => b - a)
  const enough = Math.max(second, likelyShare * best)
  return candidates.filter((candidate) => scoreOf(candidate) >= enough)
}

/** The first `maxLines` lines. */
const firstLines = (found: Occurrences): Occurrences =>
  found.counts[lineFeed]! + found.counts[carriageReturn]! <= maxLines
    ? found
    : occurrences(found.bytes.subarray(0, firstLinesEnd(found.bytes, maxLines)))

type Pause = ReturnType<typeof makePauses>

/** Tries every candidate on the beginning of the text. */
const lookFirst = Effect.fnUntraced(function* (
  { bytes, isWhole }: Sample,
  { choice, trial }: SearchOptions,
  pauseAfter: Pause,
) {
  const found = occurrences(bytes)
  const candidates = candidatesOf(found, delimitersToTry(found, trial.given), trial.given)
  const looked = within(found, candidates.length)
  const { best, scores } = yield* tryCandidates(
    { found: looked, isWhole: looked === found && isWhole, candidates },
    trial,
    pauseAfter,
  )
  const others = bestOfDelimiters(scores)
  const isDoubtful =
    others.length > 1 &&
    (best!.candidate.delimiter === -1 || !isFlawless(best!, 0) || !isAlone(best!, scores))
  const compared = isDoubtful
    ? yield* compareDelimiters(bytes, others, { ...choice, isWhole }, pauseAfter)
    : []
  const scored = best!.candidate.delimiter
  const delimiter = isDoubtful ? chooseDelimiter(scored, compared) : scored
  return {
    best: best!,
    compared,
    delimiter,
    scores,
    isSettled: looked === found && delimiter === scored,
  }
})

/** Tries the likely candidates of a delimiter on the whole sample. */
const lookAgain = Effect.fnUntraced(function* (
  sample: Sample,
  { delimiter, scores }: { readonly delimiter: number; readonly scores: ReadonlyArray<ScoredCandidate> },
  { trial }: SearchOptions,
  pauseAfter: Pause,
) {
  const found = firstLines(occurrences(sample.bytes))
  const likely = likelyCandidates(candidatesOf(found, [delimiter], trial.given), scores)
  const looked = within(found, likely.length)
  const isWhole = looked.bytes.length === sample.bytes.length && sample.isWhole
  const { best } = yield* tryCandidates({ found: looked, isWhole, candidates: likely }, trial, pauseAfter)
  return { best, isWhole }
})

/**
 * The candidate that explains a text best, and its reading. All candidates are tried on the first sample. Unless that
 * leaves no doubt, the likely ones are tried on `more` of the text.
 *
 * @param more a larger sample; `null` if there is none
 */
export const chooseCandidate = Effect.fnUntraced(function* (
  first: Sample,
  more: Effect.Effect<Sample, LoadError> | null,
  options: SearchOptions,
): Effect.fn.Return<ChosenCandidate, LoadError> {
  const pauseAfter = makePauses()
  const look = yield* lookFirst(first, options, pauseAfter)
  const { best, compared, isSettled, scores } = look
  const isClear = more !== null && isUsual(best, scores) && isAlone(best, scores)
  if (isSettled && (more === null || isClear)) {
    const isWhole = more === null && first.isWhole
    const chosen = chooseReading(best.table, { ...options.choice, isWhole })
    if (more === null || (chosen !== null && isFlawless(best, chosen.reading.header)))
      return { best, chosen, compared, isWhole }
  }
  const sample = more === null ? first : yield* more
  const { best: again, isWhole } = yield* lookAgain(sample, look, options, pauseAfter)
  const chosen = chooseReading((again ?? best).table, { ...options.choice, isWhole })
  return { best: again ?? best, chosen, compared, isWhole }
})
