import * as Schema from "effect/Schema"
import { messageOf } from "../describeFailure.ts"

/** A server of this process cannot listen on its port. `message` names the port and the setting to change. */
export class ListenError extends Schema.TaggedError<ListenError>()("ListenError", {
  message: Schema.String,
  cause: Schema.Defect(),
}) {}

/**
 * @param server name of the server, for the message
 * @param key configuration key of its port
 */
export const listenError = (server: string, port: number, key: string, cause: unknown): ListenError =>
  new ListenError({
    message:
      `The ${server} cannot listen on port ${port}: ${messageOf(cause)}. ` +
      `Stop the program that uses the port, or set ${key} to another one.`,
    cause,
  })
