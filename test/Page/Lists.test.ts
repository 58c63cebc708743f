import { assert, describe, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasBrowser, skipReason } from "../support/Browser.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { TestService } from "../support/TestService.ts"
import { layerService, openPage, patience } from "./servicePage.ts"
import { assertNoViolations, settings, violations } from "./violations.ts"

/** Serves a small file, and loads it into a table with this name. */
const loaded = Effect.fnUntraced(function* (tableName: string) {
  const { api, files } = yield* TestService
  yield* files.serve(`/${tableName}.csv`, CsvServer.file("id,name\n1,Ann\n2,Bob\n3,Cid\n"))
  const jobId = yield* api.create(files.url(`/${tableName}.csv`), { tableName, types: "infer" })
  yield* api.reaches(jobId, "completed")
})

describe.skipIf(!hasBrowser)(`the lists of the page${skipReason}`, () => {
  layer(layerService, { excludeTestServices: true, timeout: Duration.seconds(90) })((it) => {
    it.effect(
      "jobs are filtered by the URL, and new ones wait until they are asked for",
      () =>
        Effect.gen(function* () {
          yield* loaded("first")
          const { api, files } = yield* TestService
          yield* api.reaches(yield* api.create(files.url("/missing.csv")), "failed")
          const page = yield* openPage("#/jobs")
          yield* Effect.promise(async () => {
            await page.getByRole("link", { name: "first" }).waitFor()
            await page.keyboard.press("/")
            await page.keyboard.type("missing")
            await page.getByRole("link", { name: "first" }).waitFor({ state: "detached" })
            assert.include(page.url(), "text=missing")
            await page.getByLabel("State").selectOption("completed")
            await page.getByRole("link", { name: "Clear the filters" }).click()
            await page.getByRole("link", { name: "first" }).waitFor()
          })
          yield* loaded("second")
          yield* Effect.promise(async () => {
            const news = page.getByRole("button", { name: "1 new job" })
            await news.waitFor()
            assert.strictEqual(await page.getByRole("link", { name: "second" }).count(), 0)
            await news.click()
            await page.getByRole("link", { name: "second" }).click()
            await page.getByRole("heading", { name: "second" }).waitFor()
            await page.getByRole("cell", { name: "Cid" }).waitFor()
            await page.getByRole("link", { name: "Show the table" }).click()
            await page.getByRole("link", { name: "Show the jobs" }).click()
            await page.getByRole("link", { name: "second" }).waitFor()
            assert.include(page.url(), "table=second")
          })
        }),
      patience,
    )

    it.effect(
      "jobs are requested once, change in place as events report it, are cancelled in the list, and fit on a phone",
      () =>
        Effect.gen(function* () {
          const { api, files } = yield* TestService
          yield* loaded("earlier")
          yield* files.serve("/followed.csv", CsvServer.byHand)
          yield* api.create(files.url("/followed.csv"), { tableName: "followed" })
          const source = yield* files.request("/followed.csv")
          const page = yield* openPage("#/jobs?table=followed")
          const seen: Array<string> = []
          page.on("request", (request) => seen.push(new URL(request.url()).pathname))
          page.on("response", (response) => seen.push(`response of ${new URL(response.url()).pathname}`))
          const row = page.getByRole("row", { name: /followed/ })
          yield* Effect.promise(async () => {
            await page.reload()
            await row.getByText("running").waitFor()
          })
          yield* source.head(200, { "content-type": "text/csv", "content-length": 10_000_000 })
          for (const part of [1, 2, 3]) {
            yield* source.send("1234567\n".repeat(125_000))
            yield* Effect.promise(() => row.getByText(`${part}0 %`).waitFor())
          }
          // The page does not wait for a slow stream of events.
          const opened = seen.indexOf("response of /events")
          if (opened >= 0 && opened < seen.indexOf("/jobs"))
            assert.lengthOf(
              seen.filter((path) => path === "/jobs"),
              1,
            )
          yield* Effect.promise(async () => {
            await row.getByRole("button", { name: "Cancel followed" }).click()
            await row.getByText("cancelled").waitFor()
            await page.setViewportSize({ width: 390, height: 844 })
            for (const list of ["jobs", "tables"]) {
              await page.evaluate(`location.hash = "#/${list}"`)
              const region = page.getByRole("region", { name: `List of ${list}` })
              await region.getByRole("row").getByRole("link").first().waitFor()
              const hidden = await page.evaluate(
                "document.querySelector('.scroll').scrollWidth - document.querySelector('.scroll').clientWidth",
              )
              assert.strictEqual(hidden, 0, `the list of ${list} scrolls sideways`)
            }
          })
          yield* source.closed
        }),
      patience,
    )

    it.effect(
      "a source is made, runs again, pauses, and is deleted after a question",
      () =>
        Effect.gen(function* () {
          const { files, sql } = yield* TestService
          yield* files.serve("/kept.csv", CsvServer.file("id\n1\n"))
          const page = yield* openPage("#/sources")
          yield* Effect.promise(async () => {
            await page.getByRole("link", { name: "New source" }).click()
            await page.getByRole("button", { name: "Make the source" }).click()
            await page.getByRole("alert").waitFor()
            await page.getByLabel("URL of the file").fill(files.url("/kept.csv"))
            await page.getByLabel("Table name").fill("kept")
            await page.getByRole("button", { name: "Make the source" }).click()
            await page.getByText("1 row").first().waitFor()
            await page.getByRole("button", { name: "Refresh now" }).click()
            await page.getByRole("cell", { name: "unchanged" }).waitFor()
            await page.getByRole("button", { name: "Pause" }).click()
            await page.getByText("paused").first().waitFor()
            await page.getByRole("button", { name: "Resume" }).waitFor()
            const found = await violations(page)
            await page.getByRole("link", { name: "Edit" }).click()
            await page.getByLabel("Interval", { exact: true }).fill("6h")
            await page.getByLabel("What a load does").selectOption("upsert")
            await page.getByLabel("Key columns").fill("id")
            await page.getByLabel("What a load does").selectOption("append")
            await page.getByRole("button", { name: "Save the changes" }).click()
            await page.getByText("every 6h").waitFor()
            await page.getByText("append", { exact: true }).waitFor()
            await page.getByRole("link", { name: "Edit" }).click()
            await page.locator("summary").filter({ hasText: "Options" }).click()
            await page.getByLabel("headers", { exact: true }).fill("X-Key: secret")
            await page.getByRole("button", { name: "Save the changes" }).click()
            await page.getByRole("link", { name: "Edit" }).click()
            await page.getByLabel("Remove headers").check()
            assert.deepStrictEqual(await violations(page), [])
            await page.getByRole("button", { name: "Save the changes" }).click()
            await page.getByRole("link", { name: "Edit" }).click()
            await page.getByLabel("Interval", { exact: true }).waitFor()
            assert.strictEqual(await page.getByLabel("Remove headers").count(), 0)
            await page.getByRole("navigation").getByRole("link", { name: "Sources" }).click()
            await page.getByRole("link", { name: "kept" }).waitFor()
            assert.deepStrictEqual([...found, ...(await violations(page))], [])
            await page.getByRole("link", { name: "kept" }).click()
            await page.getByRole("button", { name: "Delete…" }).click()
            await page.keyboard.press("Escape")
            await page.getByRole("dialog").waitFor({ state: "detached" })
            await page.getByRole("button", { name: "Delete…" }).click()
            await page.getByRole("button", { name: "Delete the source" }).click()
            await page.getByText("There are no sources yet").waitFor()
          })
          assert.deepStrictEqual(yield* sql`select id from sluice.source`, [])
        }),
      patience,
    )

    it.effect(
      "the rows of a table are filtered and ordered by the URL",
      () =>
        Effect.gen(function* () {
          yield* loaded("queried")
          const page = yield* openPage("#/tables")
          yield* Effect.promise(async () => {
            await page.getByRole("link", { name: "queried" }).click()
            await page.getByRole("cell", { name: "Ann" }).waitFor()
            await page.getByLabel("Comparison").selectOption("gt")
            await page.getByLabel("Value").fill("1")
            await page.getByRole("button", { name: "Add filter" }).click()
            await page.getByRole("cell", { name: "Ann" }).waitFor({ state: "detached" })
            await page.getByRole("button", { name: "id", exact: true }).click()
            await page.getByRole("button", { name: "id ↑" }).click()
            await page.getByRole("button", { name: "id ↓" }).waitFor()
            await page.reload()
            await page.getByRole("cell", { name: "Cid" }).waitFor()
            assert.deepStrictEqual(await page.locator("tbody td:first-child").allTextContents(), ["3", "2"])
            // Values and the header of a column with numbers end at the same place.
            assert.strictEqual(await page.locator("th.number").textContent(), "id ↓")
            const [download] = await Promise.all([
              page.waitForEvent("download"),
              page.getByRole("link", { name: "Download as CSV" }).click(),
            ])
            const chunks = await (await download.createReadStream()).toArray()
            assert.strictEqual(Buffer.concat(chunks).toString(), "id,name\n3,Cid\n2,Bob\n")
          })
        }),
      patience,
    )

    it.effect(
      "the rows of a table have its order of columns and its values to the last digit",
      () =>
        Effect.gen(function* () {
          const { api, files } = yield* TestService
          const text = 'country,2020,2019,note\nCZ,9007199254740993,0.10,\nAT,1,2.00,"a ""b"", c"\n'
          yield* files.serve("/exact.csv", CsvServer.file(text))
          const jobId = yield* api.create(files.url("/exact.csv"), { tableName: "exact", types: "infer" })
          yield* api.reaches(jobId, "completed")
          const page = yield* openPage("#/tables/public.exact")
          yield* Effect.promise(async () => {
            await page.getByRole("cell", { name: "CZ" }).waitFor()
            assert.deepStrictEqual(await page.locator("thead th").allTextContents(), [
              "country",
              "2020",
              "2019",
              "note",
            ])
            assert.strictEqual(
              (await page.locator("tbody td").allTextContents()).join("|"),
              'CZ|9007199254740993|0.10|NULL|AT|1|2.00|a "b", c',
            )
            await page.getByRole("tab", { name: "Columns (4)" }).click()
            await page.getByRole("cell", { name: "1 – 9007199254740993" }).waitFor()
            await page.getByRole("tab", { name: "Loads" }).click()
            await page.getByRole("cell", { name: "create" }).waitFor()
          })
        }),
      patience,
    )

    it.effect(
      "health shows the worker and its slots",
      () =>
        Effect.gen(function* () {
          const page = yield* openPage("#/health")
          yield* Effect.promise(async () => {
            await page.getByText("Workers take jobs as they come.").waitFor()
            await page.getByRole("progressbar", { name: /Used slots of worker/ }).waitFor()
          })
        }),
      patience,
    )

    for (const [where, options] of Object.entries(settings))
      it.effect(
        `have no barriers that axe-core knows, ${where}`,
        () =>
          Effect.gen(function* () {
            yield* loaded("seen").pipe(Effect.ignore)
            const complete: ReadonlyArray<readonly [string, string]> = [
              ["#/jobs", "Newest first"],
              ["#/jobs?table=none", "No job matches these filters"],
              ["#/sources", "There are no sources yet"],
              ["#/sources/new", "When to look for changes"],
              ["#/tables", "Last load"],
              ["#/tables/public.seen", "Ann"],
              ["#/tables/public.seen?tab=columns", "Different"],
              ["#/health", "Workers take jobs as they come."],
            ]
            yield* assertNoViolations(
              complete.map(([fragment, text]) => [
                fragment,
                (page) => page.getByText(text).first().waitFor(),
              ]),
              options,
            )
          }),
        2 * patience,
      )
  })
})
