const inner = (failure: object): unknown =>
  "reason" in failure && typeof failure.reason === "object"
    ? failure.reason
    : "cause" in failure
      ? failure.cause
      : undefined

/** The failure and what is wrapped in it, outermost first; wrappers nest a handful deep at most. */
export const chainOf = (failure: unknown): ReadonlyArray<object> => {
  const chain: Array<object> = []
  for (let each = failure; typeof each === "object" && each !== null && chain.length < 8; each = inner(each))
    chain.push(each)
  return chain
}

const said = (failure: object): string =>
  "message" in failure && typeof failure.message === "string" ? failure.message : ""

/** What a failure says, wrappers and wrapped, each once: one line for people. */
export const messageOf = (failure: unknown): string => {
  const messages = chainOf(failure).map(said)
  const distinct = messages.filter(
    (text, n) => text !== "" && !messages.slice(0, n).some((before) => before.includes(text)),
  )
  return distinct.length > 0 ? distinct.join(": ") : String(failure)
}

/** A failure as annotations of a log line. The whole object may hold connections, and secrets with them. */
export const described = (failure: unknown): { readonly reason: string } => ({ reason: messageOf(failure) })
