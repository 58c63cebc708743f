import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { IdempotencyKey } from "../../Domain/job/IdempotencyKey.ts"

/** The draft has the key in quotes, a string of RFC 9651 §3.3.3; many clients send it bare. */
const quoted = /^"((?:[^"\\]|\\["\\])*)"$/

const unquoted = (text: string): string => {
  const found = quoted.exec(text.trim())
  if (found?.[1] !== undefined) return found[1].replaceAll(/\\(["\\])/g, "$1")
  // What begins as a string and is none is no key either.
  return text.startsWith('"') ? "" : text
}

/** The header `Idempotency-Key`, with or without the quotes. */
export const IdempotencyKeyField = Schema.String.pipe(
  Schema.decodeTo(IdempotencyKey, {
    decode: SchemaGetter.transform(unquoted),
    encode: SchemaGetter.transform((key) => `"${key.replaceAll(/["\\]/g, "\\$&")}"`),
  }),
).annotate({
  description:
    "Names this request, so that it can be sent again without making a second job: 1 to 255 printable ASCII characters, best a UUID, in quotes or bare. The same key with the same request is answered with the same job for as long as the job's record is kept; with another request it is refused.",
  examples: [IdempotencyKey.make("8e03978e-40d5-43dd-bc93-6894a57f9324")],
})
