import type { Answer, Problem } from "./Problem.ts"

/** A key that no other request has. `crypto.randomUUID` exists over HTTPS only. */
const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

/** The keys of requests that the service may have carried out, by their contents. */
const keys = new Map<string, string>()

/** Codes of problems after which nobody knows whether the service has carried out the request. */
const unknown = new Set(["unreachable", "unexpected_response", "upload_unknown"])

const isUnknown = ({ code, loadError, status }: Problem): boolean =>
  loadError === undefined && (status >= 500 || unknown.has(code))

/**
 * Sends a request with an idempotency key. The same request sent again, after its response was lost, has the same key, so it is
 * not carried out twice.
 *
 * @param content names all that the request consists of
 */
export const sendWithKey = async <A>(
  content: string,
  send: (idempotencyKey: string) => Promise<Answer<A>>,
): Promise<Answer<A>> => {
  const key = keys.get(content) ?? randomKey()
  keys.set(content, key)
  const answer = await send(key)
  if (answer._tag === "Success" || !isUnknown(answer.problem)) keys.delete(content)
  return answer
}
