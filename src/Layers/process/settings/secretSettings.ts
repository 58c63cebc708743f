import * as Config from "effect/Config"
import * as Schema from "effect/Schema"
import { PathPatternText } from "../../../Domain/source/masking/PathPattern.ts"
import { parseKeys, type SecretsKey } from "../SecretsKey.ts"
import { parseWebhookSecrets, type WebhookSecret } from "../WebhookSecret.ts"
import { expecting } from "./readSettings.ts"
import { list } from "./settingKinds.ts"

const WebhookSecretsText = Schema.String.check(
  Schema.makeFilter((text) => parseWebhookSecrets(text) !== null),
)

const KeysText = Schema.String.check(Schema.makeFilter((text) => parseKeys(text) !== null))

/** How secrets of sources are kept. */
export const secretSettings = {
  /** Keys that encrypt secrets of jobs that wait or run: the first encrypts, all decrypt. */
  secretsKeys: Config.schema(KeysText, "SECRETS_KEY").pipe(
    Config.map(parseKeys),
    Config.map((keys) => keys ?? []),
    Config.withDefault([] as ReadonlyArray<SecretsKey>),
    expecting("keys of 32 bytes in base64 (npm run secrets:key), with commas or line breaks between them"),
  ),
  /** Secrets that sign notifications of ends of jobs, all of them, so that receivers can change to a new one. */
  webhookSecrets: Config.schema(WebhookSecretsText, "WEBHOOK_SECRETS").pipe(
    Config.map(parseWebhookSecrets),
    Config.map((secrets) => secrets ?? []),
    Config.withDefault([] as ReadonlyArray<WebhookSecret>),
    expecting("whsec_ and 24 to 64 bytes in base64, with commas or line breaks between several"),
  ),
  /** Parameters of URLs whose values may be shown; all others are shown as `***`. */
  shownParameters: list("SHOWN_PARAMETERS"),
  /** Paths that contain secrets, with `***` in their place. */
  maskPaths: list(
    "MASK_PATHS",
    PathPatternText,
    "paths with *** for the secret parts and commas between them, such as example.org/share/***",
  ),
}
