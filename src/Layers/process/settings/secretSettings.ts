import { PathPatternText } from "../../../Domain/source/masking/PathPattern.ts"
import { parseKeys, type SecretsKey } from "../SecretsKey.ts"
import { parseWebhookSecrets, type WebhookSecret } from "../WebhookSecret.ts"
import { list, parsed } from "./settingKinds.ts"

/** How secrets of sources are kept. */
export const secretSettings = {
  /** Keys that encrypt secrets of jobs that wait or run: the first encrypts, all decrypt. */
  secretsKeys: parsed<ReadonlyArray<SecretsKey>>(
    "SECRETS_KEY",
    parseKeys,
    [],
    "keys of 32 bytes in base64 (npm run secrets:key), with commas or line breaks between them",
  ),
  /** Secrets that sign notifications of ends of jobs, all of them, so that receivers can change to a new one. */
  webhookSecrets: parsed<ReadonlyArray<WebhookSecret>>(
    "WEBHOOK_SECRETS",
    parseWebhookSecrets,
    [],
    "whsec_ and 24 to 64 bytes in base64, with commas or line breaks between several",
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
