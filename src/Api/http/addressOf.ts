import * as Option from "effect/Option"
import type { HttpServerRequest } from "effect/http"

/** The address of the connection; `unknown` if the connection is gone. */
export const addressOf = ({ remoteAddress }: HttpServerRequest.HttpServerRequest): string =>
  Option.getOrElse(remoteAddress, () => "unknown")
