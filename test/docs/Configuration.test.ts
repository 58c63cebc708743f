import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { AppConfig } from "../../src/Layers/process/AppConfig.ts"

const read = (path: string): string => readFileSync(join(import.meta.dirname, "../..", path), "utf8")

/** Key and default of each row of the table in docs/configuration.md; "" where it says none. */
const documented = Object.fromEntries(
  [...read("docs/configuration.md").matchAll(/^\| `([A-Z_]+)`\s*\| (none|`[^`]+`)\s*\|/gm)].map(
    ([, key = "", value = ""]) => [key, value === "none" ? "" : value.slice(1, -1)] as const,
  ),
)

const inExample = Object.fromEntries(
  [...read(".env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)].map(
    ([, key = "", value = ""]) => [key, value.replaceAll('"', "")] as const,
  ),
)

const configured = (provider: ConfigProvider.ConfigProvider) =>
  AppConfig.pipe(
    Effect.provide(AppConfig.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, provider),
  )

const empty = ConfigProvider.fromEnv({ env: {} })

it.effect("the table in docs/configuration.md and .env.example list every key that the service reads", () =>
  Effect.gen(function* () {
    const keys = new Set<string>()
    yield* configured(
      ConfigProvider.make((path) => {
        keys.add(String(path[0]))
        return empty.load(path)
      }),
    )
    assert.sameMembers(Object.keys(documented), [...keys])
    assert.sameMembers(Object.keys(inExample), [...keys])
  }),
)

it.effect("the defaults in docs/configuration.md and .env.example are those of the service", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(documented, inExample)
    const defaults = yield* configured(empty)
    assert.deepStrictEqual(yield* configured(ConfigProvider.fromEnv({ env: documented })), defaults)
  }),
)
