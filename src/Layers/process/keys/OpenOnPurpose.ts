import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as NetAddress from "effect/net/NetAddress"
import { parseAddress } from "../../../Domain/source/hosts/parseAddress.ts"
import { AppConfig } from "../AppConfig.ts"

class OpenApiRefused extends Schema.TaggedError<OpenApiRefused>()("OpenApiRefused", {
  message: Schema.String,
}) {}

/** Whether only this machine reaches what listens on the address. Another name than `localhost` may be any address. */
const isLoopback = (host: string): boolean => {
  const address = parseAddress(host)
  return address === null ? host.toLowerCase() === "localhost" : NetAddress.isLoopback(address)
}

/** Refuses an API that the network reaches without keys, unless the operator says that it is meant. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { allowOpenApi, apiKeys, host } = yield* AppConfig
    if (apiKeys.length > 0 || isLoopback(host)) return
    if (!allowOpenApi)
      return yield* new OpenApiRefused({
        message: `HOST=${host} opens the API to the network without API keys: set API_KEYS or API_KEYS_FILE (npm run key makes a key), or HOST=127.0.0.1, or ALLOW_OPEN_API=true if everyone who reaches it may load files and see all jobs`,
      })
    yield* Effect.logWarning(
      "the API is open: without API keys, everyone who reaches it can load files and see all jobs",
    ).pipe(Effect.annotateLogs({ host }))
  }),
)
