import { assert, layer } from "@effect/vitest"
import { createHash } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { JobId } from "../../src/Domain/job/Job.ts"
import { newSecret } from "../../src/Layers/process/keys/KeySecret.ts"
import { sluice, startSluice } from "../support/CommandLine.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { TestService } from "../support/TestService.ts"

const unknownJob = "0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e"
const escape = "\u001B"
/** Each test starts several processes. */
const slow = 90_000

/** A worker for all tests in it. */
const worker = Layer.effectDiscard(TestService.use(({ environment }) => startWorker(environment)))

const options = { excludeTestServices: true, timeout: Duration.seconds(60) } as const

layer(TestService.layer(), options)("sluice on a server", (it) => {
  it.effect(
    "load without --wait writes the id alone, and watch --json one JSON document",
    () =>
      Effect.gen(function* () {
        const { api, environment, files, origin } = yield* TestService
        yield* files.serve("/later.csv", CsvServer.file("a\n1\n"))
        const { stderr, stdout } = yield* sluice(["load", files.url("/later.csv"), "--url", origin])
        const jobId = JobId.make(stdout.trim())
        assert.strictEqual(stdout, `${jobId}\n`)
        assert.include(stderr, `sluice watch ${jobId}`)

        const watching = yield* startSluice(["watch", jobId, "--json", "--url", origin])
        yield* watching.said("waits for a worker")
        yield* startWorker(environment)
        const watched = yield* watching.end
        assert.strictEqual(watched.exit, 0, watched.stderr)
        const job = yield* api.status(jobId)
        assert.deepInclude(JSON.parse(watched.stdout), { jobId, state: "completed", table: job.table })
        // Nothing is wrong with the command: there is nothing left to cancel.
        const late = yield* sluice(["cancel", jobId, "--url", origin])
        assert.strictEqual(late.exit, 6, late.stderr)
      }),
    slow,
  )

  it.effect(
    "cancel ends a job, and watch then exits with 1",
    () =>
      Effect.gen(function* () {
        const { files, origin } = yield* TestService
        const server = { SLUICE_URL: origin }
        const jobId = (yield* sluice(["load", files.url("/never.csv")], server)).stdout.trim()
        const cancelled = yield* sluice(["cancel", jobId], server)
        assert.strictEqual(cancelled.exit, 0, cancelled.stderr)
        assert.match(cancelled.stdout, /^state {4}cancelled$/m)
        assert.strictEqual((yield* sluice(["watch", jobId], server)).exit, 1)
      }),
    slow,
  )

  it.effect(
    "preview shows columns, records, rejects and skipped lines",
    () =>
      Effect.gen(function* () {
        const { files, origin } = yield* TestService
        yield* files.serve(
          "/preview.csv",
          CsvServer.file("# made by \u001B[31mhand\nid;name\n1;a\n2;b;c\n3;d\n"),
        )
        const { stdout } = yield* sluice(["preview", files.url("/preview.csv"), "--url", origin])
        assert.match(stdout, /delimiter ";"/)
        assert.match(stdout, /^1 {3}a$/m)
        assert.match(stdout, /^line 4: /m)
        assert.match(stdout, /^line 1 \(\w+\): # made by \\u001b\[31mhand$/m)
      }),
    slow,
  )

  it.effect(
    "load sends a file, or what comes on standard input, and shows the finished job",
    () =>
      Effect.gen(function* () {
        const { origin, sql } = yield* TestService
        const file = join(yield* temporaryFolder, "sent.csv")
        yield* Effect.promise(() => writeFile(file, "id\n1\n"))
        const sent = yield* sluice(["load", file, "--table-name", "sent", "--url", origin])
        assert.strictEqual(sent.exit, 0, sent.stderr)
        assert.match(sent.stdout, /^table {4}public\.sent$/m)
        const piped = yield* startSluice([
          "load",
          "-",
          "--table-name",
          "sent",
          "--mode",
          "append",
          "--url",
          origin,
        ])
        piped.stdin.end("id\n2\n")
        const { exit, stderr } = yield* piped.end
        assert.strictEqual(exit, 0, stderr)
        assert.deepStrictEqual(yield* sql`select id from sent order by 1`, [{ id: "1" }, { id: "2" }])
      }),
    slow,
  )

  it.effect(
    "a file that is not there exits with 2, and one that cannot be loaded with 1",
    () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const missing = yield* sluice(["load", "no/such/file.csv", "--url", origin])
        assert.strictEqual(missing.exit, 2)
        assert.match(missing.stderr, /^sluice: there is no file no\/such\/file\.csv/m)
        const piped = yield* startSluice(["load", "-", "--table-name", "empty", "--url", origin])
        piped.stdin.end("")
        assert.strictEqual((yield* piped.end).exit, 1)
      }),
    slow,
  )

  it.effect(
    "an unknown job exits with 3",
    () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const { exit, stdout } = yield* sluice(["status", unknownJob], { SLUICE_URL: origin })
        assert.deepStrictEqual([exit, stdout], [3, ""])
      }),
    slow,
  )

  it.layer(worker, options)("with a worker", (it) => {
    it.effect(
      "load --wait shows the finished job on standard output and the rest on standard error",
      () =>
        Effect.gen(function* () {
          const { files, origin, sql } = yield* TestService
          yield* files.serve("/trips.csv", CsvServer.file("id,name\n1,a\n2\n3,c\n"))
          const url = files.url("/trips.csv")
          const { exit, stderr, stdout } = yield* sluice(
            ["load", url, "--wait", "--table-name", "trips", "--max-bad-rows", "50%", "--types", "infer"],
            { SLUICE_URL: origin },
          )
          assert.strictEqual(exit, 0, stderr)
          assert.match(stdout, /^job {6}[\da-f-]{36}$/m)
          assert.match(stdout, /^table {4}public\.trips$/m)
          assert.match(stdout, /^rows {5}2 rows$/m)
          assert.match(stdout, /^id +bigint +id$/m)
          assert.match(stderr, /^Created job [\da-f-]{36}$/m)
          assert.notInclude(stdout + stderr, escape)
          assert.deepStrictEqual(yield* sql`select id from trips order by 1`, [{ id: 1n }, { id: 3n }])

          const jobId = /job {6}(\S+)/.exec(stdout)?.[1] ?? ""
          const listed = yield* sluice(["rejects", jobId], { SLUICE_URL: origin })
          assert.match(listed.stdout, /^line 3: ragged_record: /m)
          const csv = yield* sluice(["rejects", jobId, "--csv"], { SLUICE_URL: origin })
          assert.match(csv.stdout, /^record,line,[^\n]*\n2,3,/)
          const tables = yield* sluice(["tables"], { SLUICE_URL: origin })
          assert.match(tables.stdout, /^public\.trips +2 /m)
          const listing = ["jobs", "--table", "trips", "--state", "completed", "--text", "csv"]
          const jobs = yield* sluice(listing, { SLUICE_URL: origin })
          assert.match(jobs.stdout, new RegExp(`^${jobId}  completed  public\\.trips +2 `, "m"))
          const none = yield* sluice([...listing, "--created-before", "2020-01-01T00:00:00Z", "--json"], {
            SLUICE_URL: origin,
          })
          assert.deepStrictEqual(JSON.parse(none.stdout), { jobs: [], next: null })
          const wrong = yield* sluice(["jobs", "--created-after", "soon"], { SLUICE_URL: origin })
          assert.strictEqual(wrong.exit, 2)
          assert.match(wrong.stderr, /--created-after must be given once, as a time/)
        }),
      slow,
    )

    it.effect(
      "rows and export write the rows of a table",
      () =>
        Effect.gen(function* () {
          const { api, files, origin } = yield* TestService
          const server = { SLUICE_URL: origin }
          yield* files.serve("/rows.csv", CsvServer.file("id,name\n1,a\n3,c\n"))
          const options = { tableName: "rows", types: "infer" }
          yield* api.reaches(yield* api.create(files.url("/rows.csv"), options), "completed")
          const select = ["rows", "rows", "--select", "id", "--order", "id"]
          const first = yield* sluice([...select, "--limit", "1", "--json"], server)
          assert.strictEqual(first.stdout, '[{"id":1}]\n', first.stderr)
          const after = /--after (\S+),/.exec(first.stderr)?.[1] ?? ""
          const last = yield* sluice(
            [...select, "--filter", "id=gt.0", "--after", after, "--count", "exact"],
            server,
          )
          assert.deepStrictEqual([last.stdout, last.stderr], ["id\n3\n", "2 rows match\n"])
          const unknown = yield* sluice(["rows", "rows", "--filter", "ids=eq.1"], server)
          assert.strictEqual(unknown.exit, 2)
          assert.match(unknown.stderr, /^sluice: ids: the table has no column "ids"/m)
          const path = join(yield* temporaryFolder, "rows.csv")
          const exported = yield* sluice(
            ["export", "rows", "--select", "id", "--order", "id.desc", "-o", path],
            server,
          )
          assert.strictEqual(exported.exit, 0, exported.stderr)
          assert.strictEqual(yield* Effect.promise(() => readFile(path, "utf8")), "id\n3\n1\n")
          assert.match(exported.stderr, /^Exported 7 B to .*rows\.csv\n$/)
        }),
      slow,
    )

    it.effect(
      "a job that fails makes the command exit with 1 and say why",
      () =>
        Effect.gen(function* () {
          const { files, origin } = yield* TestService
          const { exit, stderr, stdout } = yield* sluice([
            "load",
            files.url("/none.csv"),
            "--wait",
            "--json",
            "--url",
            origin,
          ])
          assert.strictEqual(exit, 1)
          assert.deepInclude(JSON.parse(stdout), { state: "failed" })
          assert.match(stderr, /^sluice: The job failed: .*404/m)
        }),
      slow,
    )

    it.effect(
      "Ctrl-C stops watching a job, which goes on",
      () =>
        Effect.gen(function* () {
          const { api, files, origin } = yield* TestService
          yield* files.serve("/slow.csv", CsvServer.byHand)
          const running = yield* startSluice(["load", files.url("/slow.csv"), "--wait", "--url", origin])
          const exchange = yield* files.request("/slow.csv")
          yield* running.said("waits for the source")
          yield* running.interrupt
          const { exit, stderr } = yield* running.end
          assert.strictEqual(exit, 130, stderr)
          const jobId = JobId.make(/sluice cancel (\S+)/.exec(stderr)?.[1] ?? "")
          yield* exchange.head(200)
          yield* exchange.send("a\n1\n")
          yield* exchange.end
          yield* api.reaches(jobId, "completed")
        }),
      slow,
    )

    it.effect(
      "source keeps a table current, and can be listed, paused and removed",
      () =>
        Effect.gen(function* () {
          const { files, origin } = yield* TestService
          const server = { SLUICE_URL: origin }
          yield* files.serve("/kept.csv", CsvServer.file("a\n1\n"))
          const url = files.url("/kept.csv")
          const added = yield* sluice(
            ["source", "add", url, "--table-name", "kept", "--every", "1h", "--max-bad-rows", "5%"],
            server,
          )
          assert.match(added.stdout, /^options {2}(?=.*--mode replace).*--max-bad-rows 5%/m)
          const id = /source {3}(\S+)/.exec(added.stdout)?.[1] ?? added.stderr
          const refreshed = yield* sluice(["source", "refresh", id, "--wait"], server)
          assert.strictEqual(refreshed.exit, 0, refreshed.stderr)
          assert.match((yield* sluice(["source", "list"], server)).stdout, /public\.kept +active +every 1h/)
          const unset = yield* sluice(["source", "set", id, "--unset", "max-bad-rows"], server)
          assert.match(unset.stdout, /^options {2}(?!.*--max-bad-rows).*--mode replace/m, unset.stderr)
          assert.match((yield* sluice(["source", "pause", id], server)).stdout, /^state {4}paused$/m)
          assert.strictEqual((yield* sluice(["source", "remove", id], server)).exit, 0)
          assert.strictEqual((yield* sluice(["source", "show", id], server)).exit, 3)
        }),
      slow,
    )

    it.effect(
      "load --db leaves the job to a worker of the server, which has the server's settings",
      () =>
        Effect.gen(function* () {
          const { environment, files } = yield* TestService
          yield* files.serve("/shared.csv", CsvServer.file("a\n1\n"))
          const database = ["--db", environment["DATABASE_URL"] ?? ""]
          // This command alone may not fetch from a private address.
          const { exit, stderr, stdout } = yield* sluice(["load", files.url("/shared.csv"), ...database])
          assert.strictEqual(exit, 0, stderr)
          assert.match(stdout, /^state {4}completed$/m)
        }),
      slow,
    )
  })
})

const secret = newSecret()
const entry = `ci:read:${createHash("sha256").update(secret).digest("hex")}`

layer(TestService.layer({ API_KEYS: entry }), options)("sluice on a server with keys", (it) => {
  it.effect(
    "a missing key exits with 5, and SLUICE_API_KEY is used",
    () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const server = { SLUICE_URL: origin }
        const refused = yield* sluice(["tables"], server)
        assert.strictEqual(refused.exit, 5, refused.stderr)
        const allowed = yield* sluice(["tables"], { ...server, SLUICE_API_KEY: secret })
        assert.strictEqual(allowed.exit, 0, allowed.stderr)
      }),
    slow,
  )
})
