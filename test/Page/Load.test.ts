import { assert, describe, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasBrowser, skipReason } from "../support/Browser.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { TestService } from "../support/TestService.ts"
import { layerService, openPage, patience } from "./servicePage.ts"

const trips = "# of May\nid;name\n1;Ann\n2;Bob;x\n3;Cid\n"

describe.skipIf(!hasBrowser)(`the page${skipReason}`, () => {
  layer(layerService, { excludeTestServices: true, timeout: Duration.seconds(90) })((it) => {
    it.effect(
      "previews a URL, reads it again with other options, and loads it",
      () =>
        Effect.gen(function* () {
          const { files, sql } = yield* TestService
          yield* files.serve("/trips.csv", CsvServer.file(trips))
          const page = yield* openPage()
          yield* Effect.promise(async () => {
            await page.getByLabel("URL of the file").fill(files.url("/trips.csv"))
            await page.keyboard.press("Enter")
            await page.getByText("# of May").waitFor()
            await page.getByText("Rejected ragged_record").waitFor()
            await page.getByRole("button", { name: "Show line 4" }).click()
            await page.locator("tr:focus", { hasText: "2;Bob;x" }).waitFor()
            await page.getByLabel("Table name").fill("previewed")
            // Each value that does not fit is marked, and the reason is below its record.
            await page.getByLabel("Type of name").selectOption("integer")
            await page.locator("td.misfit", { hasText: "Cid" }).waitFor()
            await page.getByText('Column "name" cannot be integer').first().waitFor()
            await page.getByLabel("Type of name").selectOption("text")
            await page.locator("td.misfit").first().waitFor({ state: "detached" })
            // By the picker, and by the suggestion.
            await page.getByLabel("Type of id").selectOption("integer")
            await page.getByLabel("Name of column 2").fill("driver")
            await page.keyboard.press("Enter")
            await page.getByLabel("Type of driver").waitFor()
            await page.getByRole("button", { name: "Create table previewed" }).click()
            await page.getByText("completed").first().waitFor()
            await page.getByRole("tab", { name: "Columns (2)" }).waitFor()
          })
          assert.deepStrictEqual(yield* sql`select * from previewed order by id`, [
            { id: 1, driver: "Ann" },
            { id: 3, driver: "Cid" },
          ])
        }),
      patience,
    )

    it.effect(
      "shows rejects with their line and reason, and downloads them",
      () =>
        Effect.gen(function* () {
          const { api, files } = yield* TestService
          yield* files.serve("/rejects.csv", CsvServer.file(trips))
          const jobId = yield* api.create(files.url("/rejects.csv"), { maxBadRows: 10 })
          yield* api.reaches(jobId, "completed")
          const page = yield* openPage(`#/job/${jobId}?tab=rejects`)
          const download = yield* Effect.promise(async () => {
            await page.getByText("The record on line 4 has 3 fields").waitFor()
            await page.getByRole("cell", { name: "2;Bob;x" }).waitFor()
            const [download] = await Promise.all([
              page.waitForEvent("download"),
              page.getByRole("link", { name: "Download as in the file" }).click(),
            ])
            assert.strictEqual(download.suggestedFilename(), `rejected_source_${jobId}.csv`)
            const stream = await download.createReadStream()
            const chunks = await stream.toArray()
            return Buffer.concat(chunks).toString()
          })
          assert.strictEqual(download.trim(), "id;name\n2;Bob;x")
        }),
      patience,
    )

    it.effect(
      "uploads a file of the computer after its preview",
      () =>
        Effect.gen(function* () {
          const { sql } = yield* TestService
          const file = trips + Array.from({ length: 30 }, (_, n) => `${n + 4};name ${n + 1}\n`).join("")
          const page = yield* openPage()
          yield* Effect.promise(async () => {
            await page.getByLabel("Table name").fill("uploaded")
            await page
              .locator("input[type=file]")
              .setInputFiles({ name: "trips.csv", mimeType: "text/csv", buffer: Buffer.from(file) })
            await page.getByText("Rejected ragged_record").waitFor()
            await page.getByText("first 20 of 33 records shown").waitFor()
            await page.getByRole("button", { name: "Show 33 records" }).click()
            await page.getByRole("cell", { name: "name 30" }).waitFor()
            await page.getByText("33 records, all shown").waitFor()
            await page.getByRole("button", { name: "Use the suggested types" }).click()
            await page
              .getByLabel("Type of id")
              .locator("option:checked", { hasText: "bigint" })
              .waitFor({ state: "attached" })
            await page.getByRole("button", { name: "Create table uploaded" }).click()
            await page.getByText("completed").first().waitFor()
          })
          assert.deepStrictEqual(
            yield* sql`select id::text, name from uploaded order by uploaded.id limit 2`,
            [
              { id: "1", name: "Ann" },
              { id: "3", name: "Cid" },
            ],
          )
        }),
      patience,
    )

    it.effect(
      "says that a table's name is taken, and offers what to do",
      () =>
        Effect.gen(function* () {
          const { files, sql } = yield* TestService
          yield* sql`create table taken (id text, name text)`
          yield* files.serve("/taken.csv", CsvServer.file("id,name\n1,Ann\n"))
          const query = new URLSearchParams({ fileUrl: files.url("/taken.csv"), tableName: "taken" })
          const page = yield* openPage(`#/?${query}`)
          yield* Effect.promise(async () => {
            await page.getByRole("button", { name: "Preview" }).click()
            await page.getByRole("button", { name: "Create table taken" }).click()
            await page.getByRole("alert").getByText("taken").first().waitFor()
            await page.getByRole("button", { name: /^Use taken_\d+$/ }).click()
            await page.getByRole("button", { name: /^Create table taken_\d+$/ }).click()
            await page.getByText("completed").first().waitFor()
          })
        }),
      patience,
    )

    it.effect(
      "shows what an upsert changes before it is loaded, and offers what to do about other columns",
      () =>
        Effect.gen(function* () {
          const { files, sql } = yield* TestService
          yield* sql`create table upserted (id text primary key, name text, age text)`
          yield* sql`insert into upserted values ('1', 'Ann'), ('2', 'Bob')`
          yield* sql`grant all on upserted to sluice_tables, sluice_readers`
          yield* files.serve("/upserted.csv", CsvServer.file("id,name,city\n1,Ann,\n2,Ben,\n3,Cid,\n"))
          const query = new URLSearchParams({
            fileUrl: files.url("/upserted.csv"),
            tableName: "upserted",
            mode: "upsert",
            key: "id",
          })
          const page = yield* openPage(`#/?${query}`)
          yield* Effect.promise(async () => {
            await page.getByRole("button", { name: "Preview" }).click()
            await page.getByRole("button", { name: "Load only columns that both have" }).click()
            const changes = page.getByRole("region", { name: "Changes of the table" })
            await changes
              .getByText("of the first 3 rows: 1 new, 1 updated, 1 the same as in the table")
              .waitFor()
            await changes.getByText("age (default or NULL)").waitFor()
            await changes.getByText("city (not in the table)").waitFor()
            assert.deepStrictEqual(await page.locator(".row-mark").allTextContents(), [
              "same ",
              "update ",
              "new ",
            ])
            await page.getByRole("button", { name: "Insert and update rows of upserted" }).click()
            await page.getByText("completed").first().waitFor()
          })
        }),
      patience,
    )

    it.effect(
      "appends a file once, even if the first response was lost and the button is pressed again",
      () =>
        Effect.gen(function* () {
          const { api, files, sql } = yield* TestService
          yield* files.serve("/appended.csv", CsvServer.file("id\n1\n"))
          const first = yield* api.create(files.url("/appended.csv"), { tableName: "appended" })
          yield* api.reaches(first, "completed")
          const query = new URLSearchParams({
            fileUrl: files.url("/appended.csv"),
            tableName: "appended",
            mode: "append",
          })
          const page = yield* openPage(`#/?${query}`)
          yield* Effect.promise(async () => {
            await page.route(
              "**/download_file",
              async (route) => {
                await route.fetch()
                await route.abort()
              },
              { times: 1 },
            )
            await page.getByRole("button", { name: "Preview" }).click()
            await page.getByRole("button", { name: "Append to appended" }).click()
            await page.getByRole("alert").getByText("Sluice does not respond").waitFor()
            await page.getByRole("button", { name: "Append to appended" }).click()
            await page.getByText("completed").first().waitFor()
          })
          assert.deepStrictEqual(yield* sql`select * from appended`, [{ id: "1" }, { id: "1" }])
        }),
      patience,
    )

    it.effect(
      "asks before it reads a file that a link of somebody else names",
      () =>
        Effect.gen(function* () {
          const { files } = yield* TestService
          yield* files.serve("/linked.csv", CsvServer.file(trips))
          const page = yield* openPage(
            `#/preview?${new URLSearchParams({ fileUrl: files.url("/linked.csv") })}`,
          )
          yield* Effect.promise(() => page.getByText("Read this file?").waitFor())
          assert.lengthOf(files.received("/linked.csv"), 0)
          yield* Effect.promise(async () => {
            await page.getByRole("button", { name: "Read it" }).click()
            await page.getByText("Rejected ragged_record").waitFor()
            // A reload is no other link.
            await page.reload()
            await page.getByText("Rejected ragged_record").waitFor()
          })
        }),
      patience,
    )

    it.effect(
      "explains why a file cannot be read, and takes options that help",
      () =>
        Effect.gen(function* () {
          const { files } = yield* TestService
          const page = yield* openPage(`#/?${new URLSearchParams({ fileUrl: files.url("/missing.csv") })}`)
          yield* Effect.promise(async () => {
            await page.getByRole("button", { name: "Preview" }).click()
            await page.getByRole("alert").getByText("404").waitFor()
            await page.getByRole("button", { name: "Try again" }).waitFor()
          })
          yield* files.serve("/missing.csv", CsvServer.file(trips))
          yield* Effect.promise(async () => {
            await page.getByRole("button", { name: "Try again" }).click()
            await page.getByText("Rejected ragged_record").waitFor()
          })
        }),
      patience,
    )
  })
})
