import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { IdempotencyKey, keyRule, maxKeyLength } from "../../../Domain/job/IdempotencyKey.ts"

/** In the draft standard the key is a quoted string (RFC 9651 §3.3.3). Many clients send it bare. */
const quoted = /^"((?:[^"\\]|\\["\\])*)"$/

const unquoted = (text: string): string => {
  const key = quoted.exec(text.trim())?.[1]
  if (key !== undefined) return key.replaceAll(/\\(["\\])/g, "$1")
  // A quoted string that is malformed is not a key.
  return text.startsWith('"') ? "" : text
}

/** The header `Idempotency-Key`, with or without quotes. In a quoted key each character may be escaped. */
export const IdempotencyKeyField = Schema.String.check(
  Schema.isMinLength(1, { message: keyRule }),
  Schema.isMaxLength(2 * maxKeyLength + 2, { message: keyRule }),
).pipe(
  Schema.decodeTo(IdempotencyKey, {
    decode: SchemaGetter.transform(unquoted),
    encode: SchemaGetter.transform((key) => `"${key.replaceAll(/["\\]/g, "\\$&")}"`),
  }),
  Schema.annotateEncoded({
    description:
      "Makes it safe to send the request again: the same key with the same request returns the same job, as long as the job's record is kept. With a different request it is refused. 1 to 255 printable ASCII characters, preferably a UUID, quoted or bare.",
    examples: ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
  }),
)
