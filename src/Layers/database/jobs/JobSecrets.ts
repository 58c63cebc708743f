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

/** A receiver of the ends of a source's runs. */
export const CallbackId = Schema.String.pipe(Schema.brand("CallbackId"))
export type CallbackId = typeof CallbackId.Type

/** Whose secret it is: of that alone it can be opened. */
type SecretId = JobId | SourceId | CallbackId

/** What a worker needs for a job and nobody else may see. */
const JobSecret = Schema.Struct({
  fileUrl: SourceUrl,
  otherUrls: Schema.optionalKey(Schema.Array(SourceUrl)),
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

const unreadable = (message: string) => Effect.fail(loadError("secrets_unreadable", message))

/** Its error would contain the secret. */
const fromJson = (json: string) =>
  Effect.catch(decodeJson(json), () => unreadable("This version cannot read the secrets of this job."))

/** The secrets of jobs while they wait or run, and of sources. */
export class JobSecrets extends Context.Service<
  JobSecrets,
  {
    readonly seal: (
      id: SecretId,
      secret: Pick<LoadRequest, "fileUrl" | "otherUrls" | "options">,
    ) => SealedSecret
    /**
     * Hashes of a text with secrets, by which equal texts are recognized: with each key, the current one first. Without a
     * key, secrets that can be guessed are not hidden.
     */
    readonly hashesOf: (text: string) => ReadonlyArray<string>
    readonly open: (id: SecretId, sealed: SealedSecret) => Effect.Effect<JobSecret, LoadError>
    readonly sealCallback: (id: SecretId, url: string) => SealedSecret
    readonly openCallback: (id: SecretId, sealed: SealedSecret) => Effect.Effect<string, LoadError>
  }
>()("sluice/Layers/secrets/JobSecrets") {}

/** A secret of one job must not be taken for another one of it. */
const ofCallback = (id: SecretId): string => `callback of ${id}`

const sealWith = (keys: ReadonlyArray<SecretsKey>, text: string, context: string): SealedSecret => {
  const [key] = keys
  return key === undefined
    ? { keyId: null, content: text }
    : { keyId: key.id, content: encrypt(key, text, context) }
}

const openWith = (
  keys: ReadonlyArray<SecretsKey>,
  { content, keyId }: SealedSecret,
  context: string,
): Effect.Effect<string, LoadError> => {
  if (keyId === null) return Effect.succeed(content)
  const key = keys.find(({ id }) => id === keyId)
  if (key === undefined)
    return unreadable(
      `The secrets of this job are encrypted with the key ${keyId}, which the worker does not have. ` +
        "Give API and workers the same SECRETS_KEY_FILE; it may also contain earlier keys.",
    )
  const text = decrypt(key, content, context)
  return text === null
    ? unreadable(`The secrets of this job were changed after they had been encrypted with the key ${keyId}.`)
    : Effect.succeed(text)
}

/** With the keys of `SECRETS_KEY`: the first encrypts, all decrypt. */
const make = (keys: ReadonlyArray<SecretsKey>): JobSecrets["Service"] => ({
  seal: (jobId, { fileUrl, options: { headers }, otherUrls }) =>
    sealWith(
      keys,
      toJson({
        fileUrl,
        ...(otherUrls === undefined ? {} : { otherUrls }),
        ...(headers === undefined ? {} : { headers }),
      }),
      jobId,
    ),
  // Jobs from before there was a key have the hash without one.
  hashesOf: (text) => [
    ...keys.map((key) => keyedHash(key, text)),
    createHash("sha256").update(text).digest("hex"),
  ],
  open: (jobId, sealed) => Effect.flatMap(openWith(keys, sealed, jobId), fromJson),
  sealCallback: (jobId, url) => sealWith(keys, url, ofCallback(jobId)),
  openCallback: (jobId, sealed) => openWith(keys, sealed, ofCallback(jobId)),
})

export const layer = Layer.effect(
  JobSecrets,
  Effect.map(AppConfig, ({ secretsKeys }) => make(secretsKeys)),
)
