import * as Schema from "effect/Schema"
import { asWritten, option } from "./LoadOption.ts"

const maxLength = 2048

/** What is wrong with a text as a `callbackUrl`, or `undefined`. It does not repeat the text, which can have secrets. */
const complaint = (text: string): string | undefined => {
  // A URL may have one at its end, which would be left out.
  if (text.includes("\0")) return "callbackUrl contains a NUL character"
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    return "callbackUrl is not an absolute http or https URL such as https://example.org/hook"
  return text.length > maxLength ? `callbackUrl is longer than ${maxLength} characters` : undefined
}

/** The URL to which the end of a job is reported. It can contain secrets. */
const CallbackUrl = Schema.String.check(
  Schema.makeFilter((text: string) => complaint(text) ?? true, {
    toJsonSchema: () => ({ format: "uri", maxLength }),
  }),
)

/** The receiver of the end of a job. */
export const CallbackOptions = Schema.Struct({
  callbackUrl: option(CallbackUrl, asWritten, {
    meaning: "Where the end of the job is reported: a signed `POST` with the job as JSON.",
    details:
      "Signed and repeated as [Standard Webhooks](https://www.standardwebhooks.com) describes. Needs `WEBHOOK_SECRETS`. Its address must be allowed as that of a source. Secrets in it are treated as passwords. Previews ignore it. A source reports the end of each run.",
    values: "an absolute http or https URL",
    examples: ["https://example.org/hook"],
    ifOmitted: "nobody is notified",
  }),
})
