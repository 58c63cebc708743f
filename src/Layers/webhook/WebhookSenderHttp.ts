import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constTrue } from "effect/Function"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as Layer from "effect/Layer"
import { UndiciOptions } from "@effect/platform-node/NodeHttpClient"
import {
  type WebhookMessage,
  type WebhookOutcome,
  WebhookSender,
} from "../../Domain/job/webhook/WebhookSender.ts"
import { loadError } from "../../Domain/load/LoadError.ts"
import * as HostAliases from "../../Domain/source/hosts/HostAliases.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { GuardedHttpClient } from "../source/guard/GuardedHttpClient.ts"
import { RequestPeer, withPeer } from "../source/guard/RequestPeer.ts"
import { beginningOf } from "../source/request/beginningOf.ts"
import { tracedRequest } from "../source/request/requestSpan.ts"
import { parseRetryAfter } from "../source/request/ResponseHeaders.ts"
import { firstRequest } from "../source/request/SourceRequest.ts"
import { failureReason, transportError } from "../source/request/transportError.ts"
import { userAgent } from "../source/request/userAgent.ts"
import { signatureHeaders } from "./signatureHeaders.ts"

/** Standard Webhooks advises 15 to 30 seconds. */
const timeout = Duration.seconds(15)

const unreachable = (reason: string): WebhookOutcome => ({ _tag: "Unreachable", reason })

/**
 * Sends notifications over the connections that sources have, under the same policy on destinations. Follows no redirects, reads
 * 8 KiB of a response at most, and waits for 15 seconds.
 *
 * Fails if a setting of destinations or `SOURCE_HOST_ALIASES` is malformed.
 */
export const layer = Layer.effect(
  WebhookSender,
  Effect.gen(function* () {
    const { sourceHostAliases, userAgentContact, webhookSecrets } = yield* AppConfig
    const aliases = yield* Effect.fromResult(HostAliases.parse(sourceHostAliases))
    const client = (yield* GuardedHttpClient).clientFor("caller")

    /** The request without credentials in its URL. */
    const requestOf = ({ body, id, url: given }: WebhookMessage, now: number) => {
      const { headers, url } = firstRequest(given, { headers: {}, timeout, maxPending: Duration.zero })
      const request = HttpClientRequest.post(HostAliases.apply(aliases, url).href, {
        headers: {
          "user-agent": userAgent(userAgentContact),
          ...headers,
          ...signatureHeaders(webhookSecrets, { id, body, now }),
        },
      }).pipe(HttpClientRequest.bodyText(body, "application/json"))
      return { request, url }
    }

    const post = Effect.fnUntraced(function* (message: WebhookMessage) {
      const now = yield* Clock.currentTimeMillis
      const { request, url } = requestOf(message, now)
      const peer = new RequestPeer()
      const response = yield* HttpClient.withScope(client)
        .execute(request)
        .pipe(
          // The client's span would record secrets of the URL, and its headers would send our trace id to strangers.
          Effect.provideService(HttpClient.TracerDisabledWhen, constTrue),
          Effect.provideService(UndiciOptions, withPeer({}, peer)),
          Effect.mapError((error) => transportError(url, error)),
          Effect.timeoutOrElse({
            duration: timeout,
            orElse: () =>
              Effect.fail(
                loadError(
                  "source_timeout",
                  `${url.host} did not respond within ${Duration.format(timeout)}.`,
                ),
              ),
          }),
          tracedRequest({ url }, peer, 0, "POST"),
        )
      const retryAfter = parseRetryAfter(response.headers["retry-after"], now)
      // A short response is read, so that the receiver can end it in an orderly way.
      yield* beginningOf(response)
      const outcome: WebhookOutcome = { _tag: "Responded", status: response.status, retryAfter }
      return outcome
    }, Effect.scoped)

    const send = Effect.fn("WebhookSender.send")(function* (message: WebhookMessage) {
      if (webhookSecrets.length === 0) return unreachable("The worker has no WEBHOOK_SECRETS to sign with.")
      return yield* post(message).pipe(
        Effect.tapError(({ cause, code }) =>
          Effect.annotateLogs(Effect.logInfo("webhook request failed"), {
            host: new URL(message.url).host,
            error_code: code,
            reason: failureReason(cause),
          }),
        ),
        Effect.catch((error) => Effect.succeed(unreachable(error.message))),
      )
    })
    return WebhookSender.of({ send })
  }),
).pipe(Layer.provide(GuardedHttpClient.layer))
