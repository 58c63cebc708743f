import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AppConfig } from "../../../src/Layers/process/AppConfig.ts"
import { SourceHosts } from "../../../src/Layers/process/SourceHosts.ts"

const limitedHosts = (env: Record<string, string>, urls: ReadonlyArray<string>) =>
  Effect.map(SourceHosts, ({ limitedHost }) => urls.map(limitedHost)).pipe(
    Effect.provide(SourceHosts.layer.pipe(Layer.provide(AppConfig.layer))),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
  )

/** URLs by the host for whose limit they count. */
const names: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  [
    "files.example",
    [
      "http://files.example/a.csv",
      "https://FILES.example/a.csv",
      "https://files.example./a.csv",
      "https://files.example:443/a.csv",
      "http://files.example:8080/b.csv?c=d",
      "https://user:word@files.example/a.csv",
      "http://mirror.example/a.csv",
      "http://mirror.example:8080/a.csv",
    ],
  ],
  ["10.1.2.3", ["http://10.1.2.3/a.csv", "http://0x0a010203/a.csv", "http://10.1.515:8000/a.csv"]],
  ["fd00::1", ["http://[fd00::1]/a.csv", "http://[FD00:0:0::1]:8000/a.csv"]],
]

it.effect.each(names)("all names of %s count for one host", ([host, urls]) =>
  Effect.gen(function* () {
    const hosts = yield* limitedHosts({ SOURCE_HOST_ALIASES: "mirror.example=files.example" }, urls)
    assert.deepStrictEqual(
      hosts,
      urls.map(() => host),
    )
  }),
)

it.effect("an alias of one port leaves the others", () =>
  Effect.gen(function* () {
    const urls = ["http://localhost:8000/a.csv", "http://localhost/a.csv", "http://fileserver:8000/a.csv"]
    assert.deepStrictEqual(
      yield* limitedHosts({ SOURCE_HOST_ALIASES: "localhost:8000=fileserver:8000" }, urls),
      ["fileserver", "localhost", "fileserver"],
    )
  }),
)

it.effect("uploads and hosts without a limit count for none", () =>
  Effect.gen(function* () {
    const urls = ["upload:a.csv", "http://free.example/a.csv", "http://files.example/a.csv"]
    assert.deepStrictEqual(
      yield* limitedHosts({ SOURCE_HOST_CONCURRENCY: "4,FREE.example.=unlimited" }, urls),
      [null, null, "files.example"],
    )
    assert.deepStrictEqual(yield* limitedHosts({ SOURCE_HOST_CONCURRENCY: "unlimited" }, urls), [
      null,
      null,
      null,
    ])
  }),
)
