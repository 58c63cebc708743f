import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { execFile, spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Client } from "pg"
import * as EmbeddedPostgres from "../../../src/Layers/embedded/EmbeddedPostgres.ts"
import { isRoot } from "../../../src/Layers/embedded/ServerUser.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const start = (dataDir: string) =>
  EmbeddedPostgres.start({ dataDir, durable: false }).pipe(Effect.provide(Logger.layer([])))

/** A folder in which a server has run before. A copy of a template, because initdb is slow. */
const usedFolder = Effect.gen(function* () {
  const path = yield* temporaryFolder
  yield* Effect.promise(() => copyAll(template, path))
  return path
})

let template: string
const templateScope = Scope.makeUnsafe()

beforeAll(() =>
  Effect.gen(function* () {
    template = yield* temporaryFolder
    yield* Effect.scoped(start(template))
  }).pipe(Scope.provide(templateScope), Effect.runPromise),
)
afterAll(() => Effect.runPromise(Scope.close(templateScope, Exit.void)))

/** Keeps the owners: Postgres must own its files. */
const copyAll = async (from: string, to: string): Promise<void> => {
  await promisify(execFile)("cp", ["-a", `${from}/.`, to])
}

const query = (url: Redacted.Redacted, statement: string) =>
  Effect.promise(async () => {
    const client = new Client({ connectionString: Redacted.value(url) })
    await client.connect()
    try {
      return (await client.query<Record<string, string>>(statement)).rows
    } finally {
      await client.end()
    }
  })

/** Runs another process on the folder until it prints a line; it is stopped with the scope. */
const otherProcess = (dataDir: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const script = fileURLToPath(new URL("../../support/embeddedOwner.ts", import.meta.url))
      const child = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"] })
      const [line] = await once(createInterface({ input: child.stdout }), "line")
      return { child, line: String(line) }
    }),
    ({ child }) => end(child, "SIGTERM"),
  )

const end = (child: ChildProcess, signal: "SIGTERM" | "SIGKILL") =>
  Effect.promise(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, "exit")
  })

describe("EmbeddedPostgres", () => {
  it.live("starts in a missing folder and keeps its data over a restart", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryFolder, "not", "yet")
      yield* Effect.gen(function* () {
        const { url, folder } = yield* start(dataDir)
        assert.strictEqual(folder, dataDir)
        yield* query(url, "create table kept as select 'Café' as word")
      }).pipe(Effect.scoped)
      const { url } = yield* start(dataDir)
      assert.deepStrictEqual(yield* query(url, "select word, upper(word) from kept"), [
        { word: "Café", upper: "CAFÉ" },
      ])
      assert.strictEqual((yield* Effect.promise(() => stat(join(dataDir, "password")))).mode & 0o777, 0o600)
    }),
  )

  it.live("requires the password and listens only on 127.0.0.1", () =>
    Effect.gen(function* () {
      const { url } = yield* start(yield* usedFolder)
      const [settings] = yield* query(
        url,
        "select current_setting('listen_addresses') tcp, current_setting('unix_socket_directories') unix",
      )
      assert.deepStrictEqual(settings, { tcp: "127.0.0.1", unix: "" })
      const wrong = new URL(Redacted.value(url))
      wrong.password = "guess"
      const refusal = yield* Effect.flip(
        Effect.tryPromise({
          try: () => new Client({ connectionString: wrong.href }).connect(),
          catch: (cause) => String(cause),
        }),
      )
      assert.include(refusal, "password authentication failed")
    }),
  )

  it.live("stops the server that a killed owner left, and continues with its data", () =>
    Effect.gen(function* () {
      const dataDir = yield* usedFolder
      const owner = yield* otherProcess(dataDir)
      yield* query(Redacted.make(owner.line), "create table kept as select 1 as n")
      yield* end(owner.child, "SIGKILL")
      yield* query(Redacted.make(owner.line), "select from kept")
      const { url } = yield* start(dataDir)
      assert.deepStrictEqual(yield* query(url, "select n::text from kept"), [{ n: "1" }])
      assert.notStrictEqual(Redacted.value(url), owner.line)
    }),
  )

  it.live("refuses a folder that another process uses, and names that process", () =>
    Effect.gen(function* () {
      const dataDir = yield* usedFolder
      const owner = yield* otherProcess(dataDir)
      const error = yield* Effect.flip(start(dataDir))
      assert.strictEqual(error.reason, "FolderInUse")
      assert.include(error.message, `pid ${owner.child.pid}`)
      assert.include(error.message, "DATA_DIR")
      yield* query(Redacted.make(owner.line), "select 1")
    }),
  )

  it.live("ignores the lock of a crashed server whose pid now belongs to another program", () =>
    Effect.gen(function* () {
      const dataDir = yield* usedFolder
      const cluster = join(dataDir, "postgres")
      const otherProgram = yield* sameUsersProcess(cluster)
      yield* Effect.promise(() =>
        writeFile(join(cluster, "postmaster.pid"), `${otherProgram.pid}\n${cluster}\n0\n1\n\n\n`),
      )
      const { url } = yield* start(dataDir)
      assert.lengthOf(yield* query(url, "select 1"), 1)
      assert.isNull(otherProgram.exitCode)
    }),
  )

  it.live("reports what is wrong with a folder it cannot use, and leaves it unchanged", () =>
    Effect.gen(function* () {
      const parent = yield* temporaryFolder
      const file = join(parent, "file")
      const foreign = join(parent, "foreign")
      const old = join(parent, "old")
      yield* Effect.promise(async () => {
        await writeFile(file, "")
        await mkdir(join(foreign, "postgres"), { recursive: true })
        await writeFile(join(foreign, "postgres", "mine.txt"), "mine")
        await mkdir(join(old, "postgres"), { recursive: true })
        await writeFile(join(old, "postgres", "PG_VERSION"), "17\n")
      })
      const onFile = yield* Effect.flip(start(file))
      assert.strictEqual(onFile.reason, "FolderUnusable")
      assert.include(onFile.message, `${file} is not a folder`)
      const onForeign = yield* Effect.flip(start(foreign))
      assert.strictEqual(onForeign.reason, "FolderDamaged")
      assert.include(onForeign.message, "PG_VERSION")
      const onOld = yield* Effect.flip(start(old))
      assert.strictEqual(onOld.reason, "WrongVersion")
      assert.include(onOld.message, "Postgres 17")
      assert.strictEqual(
        yield* Effect.promise(() => readFile(join(foreign, "postgres", "mine.txt"), "utf8")),
        "mine",
      )
    }),
  )

  it.live("discards the draft of a first start that was killed", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      yield* Effect.promise(async () => {
        await mkdir(join(dataDir, "postgres.draft"))
        await writeFile(join(dataDir, "postgres.draft", "PG_VERSION"), "18\n")
      })
      const { url } = yield* start(dataDir)
      assert.lengthOf(yield* query(url, "select 1"), 1)
    }),
  )

  it.live("reports the end of the server's log when the server does not start", () =>
    Effect.gen(function* () {
      const dataDir = yield* usedFolder
      yield* Effect.promise(() => rm(join(dataDir, "postgres", "global", "pg_control")))
      const error = yield* Effect.flip(start(dataDir))
      assert.strictEqual(error.reason, "StartFailed")
      assert.include(error.message, "pg_control")
      assert.include(error.message, join(dataDir, "postgres.log"))
    }),
  )

  it.live.runIf(isRoot())(
    "keeps the data elsewhere if only root can enter the folder, at the same place on every run",
    () =>
      Effect.gen(function* () {
        const parent = yield* temporaryFolder
        yield* Effect.promise(() => chmod(parent, 0o700))
        const dataDir = join(parent, ".sluice")
        const first = yield* Effect.scoped(start(dataDir))
        yield* Effect.addFinalizer(() =>
          Effect.promise(() => rm(first.folder, { recursive: true, force: true })),
        )
        assert.isFalse(first.folder.startsWith(parent))
        const second = yield* start(dataDir)
        assert.strictEqual(second.folder, first.folder)
      }),
  )
})

/** A process of the user who owns the cluster that is not Postgres. */
const sameUsersProcess = (cluster: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const { uid, gid } = await stat(cluster)
      return spawn("sleep", ["600"], isRoot() ? { uid, gid } : {})
    }),
    (child) => end(child, "SIGTERM"),
  )
