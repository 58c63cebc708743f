import { assert, describe, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasBrowser, skipReason } from "../support/Browser.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startApi } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"
import { layerService, openPage, openPageAt, patience } from "./servicePage.ts"

const rows = "1,Ann\n".repeat(200_000)

/** A job whose source has sent half of its file. */
const halfLoaded = Effect.fnUntraced(function* (path: string, tableName: string) {
  const { api, files } = yield* TestService
  yield* files.serve(path, CsvServer.byHand)
  const jobId = yield* api.create(files.url(path), { tableName })
  const source = yield* files.request(path)
  yield* source.head(200, { "content-type": "text/csv", "content-length": 8 + 2 * rows.length })
  yield* source.send(`id,name\n${rows}`)
  return { jobId, source }
})

describe.skipIf(!hasBrowser)(`a job on the page${skipReason}`, () => {
  layer(layerService, { excludeTestServices: true, timeout: Duration.seconds(90) })((it) => {
    it.effect(
      "shows how far it is, also after a reload, until it has completed",
      () =>
        Effect.gen(function* () {
          const { jobId, source } = yield* halfLoaded("/watched.csv", "watched")
          const page = yield* openPage(`#/job/${jobId}`)
          const half = page.locator("strong").filter({ hasText: /^(?:50|49\.\d) %$/ })
          yield* Effect.promise(async () => {
            await half.waitFor()
            await page.reload()
            await half.waitFor()
            await page.getByText("reading and copying").waitFor()
          })
          yield* source.send(rows)
          yield* source.end
          yield* Effect.promise(async () => {
            await page.getByText("completed").first().waitFor()
            await page.getByText("400,000 rows").waitFor()
            await page.getByRole("button", { name: "Load again" }).waitFor()
          })
        }),
      patience,
    )

    it.effect(
      "is cancelled by its button, which ends the download and leaves no table",
      () =>
        Effect.gen(function* () {
          const { tables } = yield* TestService
          const { jobId, source } = yield* halfLoaded("/cancelled.csv", "cancelled_table")
          const page = yield* openPage(`#/job/${jobId}`)
          yield* Effect.promise(async () => {
            await page.getByRole("button", { name: "Cancel this job" }).click()
            await page.getByText("cancelled", { exact: true }).first().waitFor()
          })
          yield* source.closed
          assert.notInclude(yield* tables, "cancelled_table")
        }),
      patience,
    )

    it.effect(
      "is shown again once an API that was restarted is back",
      () =>
        Effect.gen(function* () {
          const { environment } = yield* TestService
          const { jobId, source } = yield* halfLoaded("/restarted.csv", "restarted")
          const first = yield* startApi(environment)
          const page = yield* openPageAt(`${first.origin}/#/job/${jobId}`)
          yield* Effect.promise(() => page.getByRole("button", { name: "Cancel this job" }).waitFor())
          yield* first.signal("SIGKILL")
          yield* first.exit
          yield* Effect.promise(() => page.getByText("Sluice does not respond").waitFor())
          yield* source.send(rows)
          yield* source.end
          yield* startApi({ ...environment, PORT: new URL(first.origin).port })
          yield* Effect.promise(async () => {
            await page.getByText("completed").first().waitFor()
            await page.getByText("Sluice does not respond").waitFor({ state: "detached" })
          })
        }),
      patience,
    )

    it.effect(
      "that failed explains why, with the place in the file, and leads to the preview",
      () =>
        Effect.gen(function* () {
          const { api, files } = yield* TestService
          yield* files.serve("/bad.csv", CsvServer.file("id,name\n1,Ann\n2,Bob,x\n"))
          const jobId = yield* api.create(files.url("/bad.csv"), { onBadRow: "fail" })
          yield* api.reaches(jobId, "failed")
          const page = yield* openPage(`#/job/${jobId}`)
          yield* Effect.promise(async () => {
            const card = page.getByRole("alert")
            await card.getByText("The record on line 3 has 3 fields").waitFor()
            await card.getByText("line 3, record 2").waitFor()
            await card.getByRole("link", { name: "ragged_record" }).waitFor()
            await page.getByText("Attempt 1: failed").waitFor()
            await page.getByRole("tab", { name: "Details" }).click()
            const commands = await page.getByRole("region", { name: "the commands" }).textContent()
            assert.include(commands, '"onBadRow": "fail"')
            // With the options of the job, which this tab has not made.
            await page.getByRole("button", { name: "Correct and load again" }).click()
            await page.getByRole("alert").getByText("The record on line 3 has 3 fields").waitFor()
            assert.include(page.url(), "onBadRow=fail")
          })
        }),
      patience,
    )

    it.effect(
      "needs an API key if the service does: the page asks once for each tab",
      () =>
        Effect.gen(function* () {
          const { environment, files } = yield* TestService
          yield* files.serve("/keys.csv", CsvServer.file("id,name\n1,Ann\n"))
          const key = "0123456789abcdef0123456789abcdef"
          const { origin } = yield* startApi({ ...environment, API_KEYS: key })
          const query = new URLSearchParams({ fileUrl: files.url("/keys.csv"), tableName: "with_key" })
          const page = yield* openPageAt(`${origin}/#/?${query}`)
          yield* Effect.promise(async () => {
            await page.getByRole("button", { name: "Preview" }).click()
            await page.getByRole("textbox", { name: "API key" }).fill("wrong")
            await page.getByRole("button", { name: "Use this key" }).click()
            await page.getByText("does not accept this key").waitFor()
            await page.getByRole("textbox", { name: "API key" }).fill(key)
            await page.getByRole("button", { name: "Use this key" }).click()
            await page.getByRole("button", { name: "Create table with_key" }).click()
            await page.getByText("completed").first().waitFor()
            await page.reload()
            await page.getByText("completed").first().waitFor()
            await page.getByRole("button", { name: "Forget API key" }).click()
            await page.getByRole("textbox", { name: "API key" }).waitFor()
          })
        }),
      patience,
    )
  })
})
