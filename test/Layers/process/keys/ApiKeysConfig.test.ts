import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ApiKeys } from "../../../../src/Domain/service/ApiKeys.ts"
import { AppConfig } from "../../../../src/Layers/process/AppConfig.ts"
import * as ApiKeysConfig from "../../../../src/Layers/process/keys/ApiKeysConfig.ts"

const configured = (env: Record<string, string>) =>
  ApiKeysConfig.layer.pipe(
    Layer.provide(AppConfig.layer),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env))),
  )

const refusal = (env: Record<string, string>) =>
  Effect.map(Effect.flip(Layer.build(configured(env))), ({ message }) => message)

/** Waits for a log line with this text. */
const logged = (lines: ReadonlyArray<string>, text: string) =>
  Effect.sync(() => lines.some((line) => line.includes(text))).pipe(
    Effect.filterOrFail((found) => found),
    Effect.eventually,
    Effect.timeout("20 seconds"),
  )

const keysFile = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "keys-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
).pipe(
  Effect.map((folder) => ({
    path: join(folder, "keys"),
    /** Replaces the file at once. */
    write: (text: string) => {
      writeFileSync(join(folder, "new"), text)
      renameSync(join(folder, "new"), join(folder, "keys"))
    },
  })),
)

it.live(
  "a changed file takes effect without a restart; a bad one changes nothing, an empty one lets nobody in",
  () =>
    Effect.gen(function* () {
      const { path, write } = yield* keysFile
      write("one\n")
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => void lines.push(String(message)))
      yield* Effect.gen(function* () {
        const keys = yield* ApiKeys
        const accepted = Effect.filter(["one", "two"], (key) =>
          Effect.map(keys.find(Redacted.make(key)), Option.isSome),
        )
        const becomes = (expected: ReadonlyArray<string>) =>
          accepted.pipe(
            Effect.filterOrFail((found) => found.join() === expected.join()),
            Effect.eventually,
            Effect.timeout("20 seconds"),
          )
        yield* becomes(["one"])
        write("one\ntwo\n")
        yield* becomes(["one", "two"])
        write("two\nalice:reed:x\n")
        yield* logged(lines, "the API keys stay as they were")
        assert.deepStrictEqual(yield* accepted, ["one", "two"])
        write("# nobody\n")
        yield* becomes([])
        assert.isTrue(keys.required)
        write("two\n")
        yield* becomes(["two"])
      }).pipe(Effect.provide(Layer.provideMerge(configured({ API_KEYS_FILE: path }), Logger.layer([logger]))))
    }).pipe(Effect.scoped),
)

it.effect("a list without keys stops the start, because someone wants keys to be needed", () =>
  Effect.gen(function* () {
    const { path, write } = yield* keysFile
    for (const text of ["", "\n", "# nobody\n"]) {
      write(text)
      assert.match(yield* refusal({ API_KEYS_FILE: path }), /API_KEYS.* has no key/)
    }
    assert.match(yield* refusal({ API_KEYS: "#key" }), /API_KEYS=\*\*\*: has no key/)
  }).pipe(Effect.scoped),
)
