import type { LoadWarning } from "../../../Domain/load/LoadWarning.ts"
import type { JobError } from "../../../Domain/job/Job.ts"

/** Why a request has no result: a problem of the API (RFC 9457), or no response at all (`unreachable`). */
export interface Problem {
  readonly code: string
  /** 0 without a response. */
  readonly status: number
  readonly title: string
  readonly detail: string
  /** Fields of the request that are wrong. */
  readonly issues?: ReadonlyArray<{ readonly field: string | null; readonly message: string }>
  /** Why the file could not be read. */
  readonly loadError?: JobError
  readonly warnings?: ReadonlyArray<LoadWarning>
  readonly jobId?: string
}

/** The result of a request. */
export type Answer<A> =
  | { readonly _tag: "Success"; readonly value: A }
  | { readonly _tag: "Failure"; readonly problem: Problem }

export const unreachable: Problem = {
  code: "unreachable",
  status: 0,
  title: "Sluice does not respond",
  detail: "The service is stopped or restarting, or the network is down. Try again when it is back.",
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null

/** A problem in a response. A proxy's error page is one of the service too. */
export const problemOf = (status: number, statusText: string, body: unknown): Problem => {
  if (isObject(body) && typeof body["code"] === "string" && typeof body["detail"] === "string")
    return { title: "Error", ...body, code: body["code"], detail: body["detail"], status }
  return {
    code: "unexpected_response",
    status,
    title: `Unexpected response ${status}`,
    detail: `${statusText === "" ? "The response" : statusText} is not one of Sluice. Check the proxy before it, or try again.`,
  }
}

/** The problem in a response with an error's status. */
export const problemIn = async (response: Response): Promise<Problem> =>
  problemOf(response.status, response.statusText, await response.json().catch(() => null))

/** Whether the same request may succeed a little later. */
export const isTransient = ({ status }: Problem): boolean => status === 0 || status === 429 || status >= 500
