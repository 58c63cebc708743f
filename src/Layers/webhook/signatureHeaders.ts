import * as Redacted from "effect/Redacted"
import { Webhook } from "standardwebhooks"
import type { WebhookSecret } from "../process/WebhookSecret.ts"

/**
 * The headers of Standard Webhooks: id, time and a signature of both and the body with each secret.
 *
 * @param message.now milliseconds since 1970, of this attempt
 */
export const signatureHeaders = (
  secrets: ReadonlyArray<WebhookSecret>,
  { body, id, now }: { readonly id: string; readonly body: string; readonly now: number },
): Readonly<Record<string, string>> => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(now / 1000)),
  "webhook-signature": secrets
    .map((secret) => new Webhook(Redacted.value(secret)).sign(id, new Date(now), body))
    .join(" "),
})
