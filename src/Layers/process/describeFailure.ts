import { maskedText, nothingShown } from "../../Domain/source/masking/UrlMasking.ts"

const wrappedIn = (failure: object): unknown =>
  "reason" in failure && typeof failure.reason === "object"
    ? failure.reason
    : "cause" in failure
      ? failure.cause
      : undefined

/** The failure and the failures it wraps, outermost first; at most eight, in case they form a cycle. */
export const causeChain = (failure: unknown): ReadonlyArray<object> => {
  const chain: Array<object> = []
  let next = failure
  while (typeof next === "object" && next !== null && chain.length < 8) {
    chain.push(next)
    next = wrappedIn(next)
  }
  return chain
}

const ownMessage = (failure: object): string =>
  "message" in failure && typeof failure.message === "string" ? failure.message : ""

/**
 * One line for people: the messages of the failure and of the failures it wraps, without repetitions, and without secrets
 * in URLs.
 */
export const messageOf = (failure: unknown): string => {
  const messages = causeChain(failure).map(ownMessage)
  const distinct = messages.filter(
    (text, n) => text !== "" && !messages.slice(0, n).some((before) => before.includes(text)),
  )
  return maskedText(distinct.length > 0 ? distinct.join(": ") : String(failure), nothingShown)
}

/** Log annotations for a failure. Only the message: the object may hold connections and their secrets. */
export const describeFailure = (failure: unknown): { readonly reason: string } => ({
  reason: messageOf(failure),
})
