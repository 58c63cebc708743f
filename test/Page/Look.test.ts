import { assert, describe, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasBrowser, skipReason } from "../support/Browser.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { get } from "../support/rawHttp.ts"
import { TestService } from "../support/TestService.ts"
import { layerService, openPage, patience } from "./servicePage.ts"
import { assertNoViolations, settings, type SeenScreen } from "./violations.ts"

const trips = "# of May\nid;name\n1;Ann\n2;Bob;x\n3;Cid\n"

/** What a screen shows once it is complete, by its fragment. */
const screensOf = Effect.gen(function* () {
  const { api, files } = yield* TestService
  yield* files.serve("/seen.csv", CsvServer.file(trips))
  const done = yield* api.create(files.url("/seen.csv"), { types: "infer" })
  const failed = yield* api.create(files.url("/seen.csv"), { onBadRow: "fail" })
  yield* api.reaches(done, "completed")
  yield* api.reaches(failed, "failed")
  const url = new URLSearchParams({ fileUrl: files.url("/seen.csv") })
  return [
    ["", (page) => page.getByText("Options").click()],
    [
      `#/preview?${url}`,
      async (page) => {
        await page.getByRole("button", { name: "Read it" }).click()
        await page.getByText("Rejected ragged_record").waitFor()
      },
    ],
    [`#/job/${done}`, (page) => page.getByRole("cell", { name: "Cid" }).waitFor()],
    [`#/job/${done}?tab=rejects`, (page) => page.getByText("2;Bob;x").waitFor()],
    [`#/job/${done}?tab=details`, (page) => page.getByText("The same with curl").waitFor()],
    [`#/job/${failed}`, (page) => page.getByRole("alert").waitFor()],
  ] satisfies ReadonlyArray<SeenScreen>
})

describe.skipIf(!hasBrowser)(`the screens of the page${skipReason}`, () => {
  layer(layerService, { excludeTestServices: true, timeout: Duration.seconds(90) })((it) => {
    for (const [where, options] of Object.entries(settings))
      it.effect(
        `have no barriers that axe-core knows, ${where}`,
        () =>
          Effect.gen(function* () {
            yield* assertNoViolations(yield* screensOf, options)
          }),
        2 * patience,
      )

    it.effect(
      "can be used by keyboard alone, from the URL to the load",
      () =>
        Effect.gen(function* () {
          const { files } = yield* TestService
          yield* files.serve("/keyboard.csv", CsvServer.file("id,name\n1,Ann\n"))
          const page = yield* openPage()
          yield* Effect.promise(async () => {
            // The field gets the focus when it appears.
            await page.locator("input:focus").waitFor()
            await page.keyboard.type(files.url("/keyboard.csv"))
            await page.keyboard.press("Enter")
            await page.getByRole("button", { name: /^Create table/ }).focus()
            await page.keyboard.press("Enter")
            await page.getByText("completed").first().waitFor()
            await page.getByRole("tab", { name: "Rows" }).focus()
            await page.keyboard.press("ArrowRight")
            await page.keyboard.press("ArrowRight")
            await page.getByText("Every record of the file became a row.").waitFor()
          })
        }),
      patience,
    )

    it.effect("load less than 200 kB compressed in all, from this origin only", () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const headers = { accept: "text/html", "accept-encoding": "gzip" }
        const home = yield* get(`${origin}/`, headers)
        const seen = new Set<string>()
        let bytes = home.bytes
        const load = Effect.fnUntraced(function* (text: string): Effect.fn.Return<void> {
          const names = [...text.matchAll(/[\w-]+-[\w-]{8}\.(?:js|css)/g)].map(([name]) => name)
          for (const name of names) {
            if (seen.has(name)) continue
            seen.add(name)
            bytes += (yield* get(`${origin}/page/${name}`, headers)).bytes
            yield* load((yield* get(`${origin}/page/${name}`)).body)
          }
        })
        yield* load(home.body)
        assert.isAbove(seen.size, 4)
        assert.isBelow(bytes, 200_000)
      }),
    )
  })
})
