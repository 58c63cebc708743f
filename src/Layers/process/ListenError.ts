import * as Schema from "effect/Schema"
import { messageOf } from "./Failure.ts"

/** A server of this process cannot listen on its port; `message` says which and what to do. */
export class ListenError extends Schema.TaggedError<ListenError>()("ListenError", {
  message: Schema.String,
  cause: Schema.Defect(),
}) {}

/**
 * @param server what wants to listen, as a person would call it
 * @param key the variable that sets its port
 */
export const listenError = (server: string, port: number, key: string, cause: unknown): ListenError =>
  new ListenError({
    message:
      `The ${server} cannot listen on port ${port}: ${messageOf(cause)}. ` +
      `Stop what uses the port, or set ${key} to another one.`,
    cause,
  })
