import { assert, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { Webhook } from "standardwebhooks"
import { parseWebhookSecrets } from "../../../src/Layers/process/WebhookSecret.ts"
import { signatureHeaders } from "../../../src/Layers/webhook/signatureHeaders.ts"

/** The test vector of Standard Webhooks. */
const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  now: 1614265330_000,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`

const ofBytes = (size: number): string => `whsec_${Buffer.alloc(size, 1).toString("base64")}`

it("the signature is that of the test vector of the specification", () => {
  assert.deepStrictEqual(signatureHeaders([Redacted.make(vector.secret)], vector), {
    "webhook-id": vector.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": vector.signature,
  })
})

it("a receiver with either of two secrets accepts the message, and one with a third does not", () => {
  const message = { id: "msg_1", body: '{"tür":"東🦆"}', now: Date.now() }
  const headers = signatureHeaders(
    [vector.secret, other].map((secret) => Redacted.make(secret)),
    message,
  )
  for (const secret of [vector.secret, other])
    assert.deepStrictEqual(new Webhook(secret).verify(message.body, { ...headers }), { tür: "東🦆" })
  const third = new Webhook(`whsec_${Buffer.alloc(32, 8).toString("base64")}`)
  assert.throws(() => third.verify(message.body, { ...headers }))
})

it("only secrets of 24 to 64 bytes are accepted", () => {
  for (const text of [ofBytes(24), ofBytes(64), `${ofBytes(24)},\n${ofBytes(32)}\n`])
    assert.isNotNull(parseWebhookSecrets(text), text)
  for (const text of ["", ofBytes(23), ofBytes(65), ofBytes(32).slice(6), "whsec_!", `${ofBytes(32)} x`])
    assert.isNull(parseWebhookSecrets(text), text)
})
