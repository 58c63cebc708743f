import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { JobId } from "../../src/Domain/job/Job.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import * as Secrets from "../../src/Layers/database/jobs/JobSecrets.ts"
import * as SecretsKeyFile from "../../src/Layers/embedded/SecretsKeyFile.ts"
import { AppConfig } from "../../src/Layers/process/AppConfig.ts"
import { makeKey, parseKeys } from "../../src/Layers/process/SecretsKey.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const jobId = JobId.make("0b0f5c3e-6b0a-4c44-9a53-0f9d4d6f7a10")
const otherJob = JobId.make("0b0f5c3e-6b0a-4c44-9a53-0f9d4d6f7a11")
const secret = {
  fileUrl: SourceUrl.make("https://user:planted@files.example/a.csv?token=planted#planted"),
  headers: { authorization: "Bearer planted", "x-note": "" },
}
const request = { fileUrl: secret.fileUrl, options: { headers: secret.headers } }

/** The secrets of a process with these keys. */
const withKeys = (...keys: ReadonlyArray<string>) =>
  Secrets.JobSecrets.pipe(
    Effect.provide(
      Secrets.layer.pipe(
        Layer.provide(AppConfig.layer),
        Layer.provide(
          ConfigProvider.layer(
            ConfigProvider.fromUnknown(keys.length === 0 ? {} : { SECRETS_KEY: keys.join("\n") }),
          ),
        ),
      ),
    ),
  )

const codeOf = (opened: ReturnType<Secrets.JobSecrets["Service"]["open"]>) =>
  Effect.map(Effect.flip(opened), (error) => {
    assert.notInclude(error.message, "planted")
    return error.code
  })

describe("secrets of a waiting job", () => {
  it.effect("are the same after encryption, which hides them and never repeats itself", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* withKeys(makeKey())
      const sealed = seal(jobId, request)
      assert.match(String(sealed.keyId), /^[0-9a-f]{8}$/)
      assert.notInclude(sealed.content, "planted")
      assert.notInclude(Buffer.from(sealed.content, "base64").toString("latin1"), "planted")
      assert.deepStrictEqual(yield* open(jobId, sealed), secret)
      assert.notStrictEqual(seal(jobId, request).content, sealed.content)
      const { fileUrl } = request
      assert.deepStrictEqual(yield* open(jobId, seal(jobId, { fileUrl, options: {} })), { fileUrl })
    }),
  )

  it.effect("cannot be read as those of another job, with another key, or after a change", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* withKeys(makeKey())
      const sealed = seal(jobId, request)
      assert.strictEqual(yield* codeOf(open(otherJob, sealed)), "secrets_unreadable")
      const others = yield* withKeys(makeKey())
      assert.strictEqual(yield* codeOf(others.open(jobId, sealed)), "secrets_unreadable")
      // Another key under the same id.
      const { keyId } = others.seal(jobId, request)
      assert.strictEqual(yield* codeOf(others.open(jobId, { ...sealed, keyId })), "secrets_unreadable")
      const bytes = Buffer.from(sealed.content, "base64")
      for (const [n] of bytes.entries()) {
        const changed = Buffer.from(bytes)
        changed[n]! ^= 1
        const content = changed.toString("base64")
        assert.strictEqual(yield* codeOf(open(jobId, { ...sealed, content })), "secrets_unreadable")
      }
      for (const length of [0, 1, 12, 27, 28, bytes.length - 1]) {
        const content = bytes.subarray(0, length).toString("base64")
        assert.strictEqual(yield* codeOf(open(jobId, { ...sealed, content })), "secrets_unreadable")
      }
    }),
  )

  it.effect("survive a rotation: the new key encrypts, the old one still decrypts", () =>
    Effect.gen(function* () {
      const [old, fresh] = [makeKey(), makeKey()]
      const before = yield* withKeys(old)
      const during = yield* withKeys(fresh, old)
      const after = yield* withKeys(fresh)
      const [early, late] = [before.seal(jobId, request), during.seal(jobId, request)]
      assert.notStrictEqual(early.keyId, late.keyId)
      assert.deepStrictEqual(yield* during.open(jobId, early), secret)
      assert.deepStrictEqual(yield* during.open(jobId, late), secret)
      assert.deepStrictEqual(yield* after.open(jobId, late), secret)
      assert.strictEqual(yield* codeOf(after.open(jobId, early)), "secrets_unreadable")
    }),
  )

  it.effect("are unreadable for a worker without the key, and readable where none was used", () =>
    Effect.gen(function* () {
      const key = makeKey()
      const [withKey, without] = [yield* withKeys(key), yield* withKeys()]
      assert.strictEqual(
        yield* codeOf(without.open(jobId, withKey.seal(jobId, request))),
        "secrets_unreadable",
      )
      const plain = without.seal(jobId, request)
      assert.isNull(plain.keyId)
      assert.deepStrictEqual(yield* withKey.open(jobId, plain), secret)
    }),
  )

  it.effect("are hashed with the key, and recognized after a rotation and from before there was one", () =>
    Effect.gen(function* () {
      const [old, fresh] = [makeKey(), makeKey()]
      const text = JSON.stringify(["key", "https://ann:hunter2@h/"])
      const hashWith = (...keys: ReadonlyArray<string>) =>
        Effect.map(withKeys(...keys), ({ hashesOf }) => String(hashesOf(text)[0]))
      const plain = yield* hashWith()
      const keyed = yield* hashWith(old)
      const other = yield* hashWith(fresh)
      assert.strictEqual(new Set([plain, keyed, other]).size, 3)
      assert.deepStrictEqual((yield* withKeys(fresh, old)).hashesOf(text), [other, keyed, plain])
    }),
  )

  it("need keys of 32 bytes", () => {
    const key = makeKey()
    assert.lengthOf(parseKeys(`${key},\n ${makeKey()}\n`) ?? [], 2)
    const short = Buffer.alloc(16).toString("base64")
    for (const text of ["", " ", "password", short, `${key} ${short}`, `${key}${key}`, key.slice(1)])
      assert.isNull(parseKeys(text), text)
    assert.notInclude(JSON.stringify(parseKeys(key)), key.slice(0, 8))
  })
})

describe("the embedded database's key file", () => {
  it.effect("is one for all processes that start at the same time", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const all = yield* Effect.all(
        Array.from({ length: 8 }, () => SecretsKeyFile.ensure(folder)),
        { concurrency: "unbounded" },
      )
      assert.strictEqual(new Set(all.map(([key]) => key?.id)).size, 1)
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(folder)), ["secrets.key"])
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("is readable by its owner alone, and used again", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "secrets.key")
      const [first] = yield* SecretsKeyFile.ensure(folder)
      const { mode } = yield* Effect.promise(() => stat(file))
      assert.strictEqual(mode & 0o777, 0o600)
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(folder)), ["secrets.key"])
      const text = yield* Effect.promise(() => readFile(file, "utf8"))
      const [second] = yield* SecretsKeyFile.ensure(folder)
      assert.strictEqual(second?.id, first?.id)
      assert.strictEqual(yield* Effect.promise(() => readFile(file, "utf8")), text)
      const other = yield* SecretsKeyFile.ensure(yield* temporaryFolder)
      assert.notStrictEqual(other[0]?.id, first?.id)
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("is never replaced if it is damaged", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "secrets.key")
      for (const text of ["", "not a key\n"]) {
        yield* Effect.promise(() => writeFile(file, text))
        const error = yield* Effect.flip(SecretsKeyFile.ensure(folder))
        assert.strictEqual(error._tag, "EmbeddedPostgresError")
        assert.strictEqual(yield* Effect.promise(() => readFile(file, "utf8")), text)
      }
    }).pipe(Effect.provide(NodeServices.layer)),
  )
})
