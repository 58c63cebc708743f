import { createHash } from "node:crypto"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { SourceId } from "../../../Domain/job/SourceId.ts"
import type { LoadRequest } from "../../../Domain/job/Jobs.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { SourceUrl } from "../../../Domain/source/SourceUrl.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { decrypt, encrypt, keyedHash, type SecretsKey } from "../../process/SecretsKey.ts"

/** What a worker needs for a job and nobody else may see. */
const JobSecret = Schema.Struct({
  fileUrl: SourceUrl,
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
})
export type JobSecret = typeof JobSecret.Type

/** A row of `sluice.job_secret`: JSON if it has no key's id, otherwise encrypted with that key. */
export interface SealedSecret {
  readonly keyId: string | null
  readonly content: string
}

const toJson = Schema.encodeSync(Schema.fromJsonString(JobSecret))
const decodeJson = Schema.decodeUnknownEffect(Schema.fromJsonString(JobSecret))

const unreadable = (message: string) => loadError("secrets_unreadable", message)

/** Its error would contain the secret. */
const fromJson = (json: string) =>
  Effect.catch(decodeJson(json), () => unreadable("This version cannot read the secrets of this job."))

/** The secrets of jobs while they wait or run, and of sources. */
export class JobSecrets extends Context.Service<
  JobSecrets,
  {
    /** @param id of the job or the source, of which alone the result can be opened */
    readonly seal: (id: JobId | SourceId, secret: Pick<LoadRequest, "fileUrl" | "options">) => SealedSecret
    /**
     * Hashes of a text with secrets, by which equal texts are recognized: with each key, the current one first. Without a
     * key, secrets that can be guessed are not hidden.
     */
    readonly hashesOf: (text: string) => ReadonlyArray<string>
    readonly open: (id: JobId | SourceId, sealed: SealedSecret) => Effect.Effect<JobSecret, LoadError>
  }
>()("sluice/Layers/secrets/JobSecrets") {}

/** With the keys of `SECRETS_KEY`: the first encrypts, all decrypt. */
const make = (keys: ReadonlyArray<SecretsKey>): JobSecrets["Service"] => ({
  seal: (id, { fileUrl, options: { headers } }) => {
    const json = toJson(headers === undefined ? { fileUrl } : { fileUrl, headers })
    const [key] = keys
    return key === undefined
      ? { keyId: null, content: json }
      : { keyId: key.id, content: encrypt(key, json, id) }
  },
  // Jobs from before there was a key have the hash without one.
  hashesOf: (text) => [
    ...keys.map((key) => keyedHash(key, text)),
    createHash("sha256").update(text).digest("hex"),
  ],
  open: Effect.fnUntraced(function* (id, { content, keyId }) {
    if (keyId === null) return yield* fromJson(content)
    const key = keys.find((known) => known.id === keyId)
    if (key === undefined)
      return yield* unreadable(
        `The secrets of this job are encrypted with the key ${keyId}, which the worker does not have. ` +
          "Give API and workers the same SECRETS_KEY_FILE; it may also contain earlier keys.",
      )
    const json = decrypt(key, content, id)
    return json === null
      ? yield* unreadable(
          `The secrets of this job were changed after they had been encrypted with the key ${keyId}.`,
        )
      : yield* fromJson(json)
  }),
})

export const layer = Layer.effect(
  JobSecrets,
  Effect.map(AppConfig, ({ secretsKeys }) => make(secretsKeys)),
)
