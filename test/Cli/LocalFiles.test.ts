import { assert, layer } from "@effect/vitest"
import { execFile } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { JobId } from "../../src/Domain/job/Job.ts"
import { sluice, startSluice } from "../support/CommandLine.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { inheritedEnvironment } from "../support/inheritedEnvironment.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import * as SourceClient from "../support/SourceClient.ts"
import { TestService } from "../support/TestService.ts"

const unknownJob = "0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e"
/** Each test starts several processes. */
const slow = 90_000

const options = { excludeTestServices: true, timeout: Duration.seconds(60) } as const

layer(TestService.layer(), options)("sluice with files of this machine", (it) => {
  it.effect(
    "rejects --source writes the records below their header, for mode append",
    () =>
      Effect.gen(function* () {
        const { origin, sql } = yield* TestService
        const server = { SLUICE_URL: origin }
        const file = join(yield* temporaryFolder, "repaired.csv")
        const load = (...more: ReadonlyArray<string>) =>
          sluice(["load", file, "--table-name", "repaired", "--json", ...more], server)
        yield* Effect.promise(() => writeFile(file, "id;name\n1;a\n2\n3;c\n"))
        const loaded = yield* load("--max-bad-rows", "1")
        const jobId = String(JSON.parse(loaded.stdout).jobId)
        const rejects = yield* sluice(["rejects", jobId, "--source"], server)
        assert.strictEqual(rejects.stdout, "id;name\n2\n", rejects.stderr)
        yield* Effect.promise(() => writeFile(file, rejects.stdout.replace("2", "2;b")))
        assert.strictEqual((yield* load("--mode", "append")).exit, 0)
        assert.deepStrictEqual(yield* sql`select id from repaired order by 1`, [
          { id: "1" },
          { id: "2" },
          { id: "3" },
        ])
        assert.strictEqual((yield* sluice(["rejects", jobId, "--source", "--csv"], server)).exit, 2)
        for (const command of ["export repaired", "tables --json"]) {
          const ended = yield* Effect.callback<readonly [status: unknown, stderr: string]>((resume) => {
            execFile(
              "sh",
              ["-c", `"${process.execPath}" bin/sluice.js ${command} > /dev/full`],
              { env: { ...inheritedEnvironment(), ...server } },
              (error, _, stderr) => resume(Effect.succeed([error?.code, stderr])),
            )
          })
          assert.deepStrictEqual(ended, [
            7,
            "sluice: standard output cannot be written: no space left on device. Free some space there, or write to another place.\n",
          ])
        }
      }),
    slow,
  )

  it.layer(
    Layer.effectDiscard(TestService.use(({ environment }) => startWorker(environment))),
    options,
  )((it) => {
    it.effect(
      "rejects --source --file writes the records of one of several files",
      () =>
        Effect.gen(function* () {
          const { files, origin } = yield* TestService
          const server = { SLUICE_URL: origin }
          yield* files.serve("/one.csv", CsvServer.file("id,name\n1,a\n2\n3,c\n"))
          yield* files.serve("/two.csv", CsvServer.file("id;name\n4;a\n5\n6;c\n"))
          const urls = ["/one.csv", "/two.csv"].map((path) => files.url(path))
          const loaded = yield* sluice(
            ["load", ...urls, "--wait", "--json", "--table-name", "both", "--max-bad-rows", "50%"],
            server,
          )
          const rejects = ["rejects", String(JSON.parse(loaded.stdout).jobId), "--source"]
          const one = yield* sluice([...rejects, "--file", "2"], server)
          assert.deepStrictEqual([one.exit, one.stdout], [0, "id;name\n5\n"], one.stderr)
          const which = yield* sluice(rejects, server)
          assert.strictEqual(which.exit, 2)
          assert.include(which.stderr, "give --file 1 to --file 2")
        }),
      slow,
    )
  })

  it.effect(
    "lists with --json are as the API returns them, of all pages",
    () =>
      Effect.gen(function* () {
        const { api, origin } = yield* TestService
        const server = { SLUICE_URL: origin }
        const piped = yield* startSluice(
          ["load", "-", "--table-name", "listed", "--max-bad-rows", "1", "--json"],
          server,
        )
        piped.stdin.end("# note\nid,name\n1,a\n2\n")
        const jobId = JobId.make(String(JSON.parse((yield* piped.end).stdout).jobId))
        const json = (...arguments_: ReadonlyArray<string>) =>
          Effect.map(sluice([...arguments_, "--json"], server), ({ stdout }): unknown => JSON.parse(stdout))
        const rejects = yield* json("rejects", jobId)
        assert.deepInclude(rejects, { jobId, state: "completed", next: null })
        assert.deepNestedInclude(rejects, { "rejects[0].line": 4 })
        assert.deepNestedInclude(yield* json("rejects", jobId, "--kind", "skipped"), {
          total: 1,
          kept: 1,
          "skipped[0].line": 1,
        })
        const tables = yield* json("tables")
        assert.deepInclude(tables, { next: null })
        assert.strictEqual((yield* api.status(jobId)).table, "listed")
        assert.deepEqual(yield* json("source", "list"), { sources: [], next: null })
        const { sourceId } = yield* SourceClient.make(origin).create("http://files.example/a.csv", {
          tableName: "kept",
          every: "1h",
        })
        const set = yield* json("source", "set", sourceId, "--cron", "0 6 * * *", "--mode", "append")
        assert.deepInclude(set, { every: null, cron: "0 6 * * *", options: { mode: "append" } })
      }),
    slow,
  )

  it.effect(
    "with --json a failure is one document on standard output, too",
    () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const server = { SLUICE_URL: origin }
        const empty = join(yield* temporaryFolder, "empty.csv")
        yield* Effect.promise(() => writeFile(empty, ""))
        const failed = yield* sluice(["load", empty, "--json"], server)
        assert.strictEqual(failed.exit, 1)
        assert.deepNestedInclude(JSON.parse(failed.stdout), {
          code: "upload_failed",
          "loadError.code": "empty_file",
        })
        assert.notMatch(failed.stderr, /commit/)
        const unknown = yield* sluice(["status", unknownJob, "--json"], server)
        assert.deepInclude(JSON.parse(unknown.stdout), { code: "job_not_found", status: 404 })
        const wrong = yield* sluice(["tables", "--nonsense", "--json"], server)
        assert.deepInclude(JSON.parse(wrong.stdout), { code: "usage" })
        const away = yield* sluice(["tables", "--json"], { SLUICE_URL: "http://127.0.0.1:1" })
        assert.deepInclude(JSON.parse(away.stdout), { code: "unavailable" })
      }),
    slow,
  )

  for (const [launcher, version] of [
    ["the command itself", undefined],
    ["a launcher on an older Node", "20.0.0"],
  ] as const)
    it.effect(
      `a signal to ${launcher} before the end of a file leaves nothing of it`,
      () =>
        Effect.gen(function* () {
          const { origin, sql, tables } = yield* TestService
          const table = version === undefined ? "cut_off" : "cut_off_by_launcher"
          const running = yield* startSluice(
            ["load", "-", "--table-name", table, "--json", "--url", origin],
            {},
            version,
          )
          running.stdin.write(`id\n${"1\n".repeat(200_000)}`)
          yield* running.said("sent")
          yield* running.interrupt
          const { exit, stderr, stdout } = yield* running.end
          assert.strictEqual(exit, 130, stderr)
          assert.include(stderr, "nothing was loaded")
          assert.deepInclude(JSON.parse(stdout), { code: "interrupted" })
          const ended = yield* sql`
            select error ->> 'code' as code from sluice.job where table_name = ${table} and final_state is not null`.pipe(
            Effect.filterOrFail((rows) => rows.length > 0),
            Effect.eventually,
          )
          assert.deepStrictEqual(ended, [{ code: "upload_interrupted" }])
          assert.notInclude(yield* tables, table)
        }),
      slow,
    )
})
