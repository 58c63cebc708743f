import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** Longest time that a client may take to send a body, or in an upload what precedes the file. */
export const RequestTimeout = Context.Reference<Duration.Duration>("sluice/Domain/RequestTimeout", {
  defaultValue: () => Duration.seconds(30),
})
