import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmod, chown, mkdir, readFile, rm, symlink } from "node:fs/promises"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import * as LogLines from "../support/LogLines.ts"
import { createInterface } from "node:readline"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const root = join(import.meta.dirname, "../..")

const readme = await readFile(join(root, "README.md"), "utf8")

/** The lines of the README's shell blocks, in order, except those for Docker. */
const shellLines = [...readme.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block = ""]) => block.trim().split("\n"))
  .filter((line) => !line.startsWith("docker-compose"))

const ownUid = process.getuid?.() ?? 0

/** A copy of what git tracks, with the installed packages, owned by the user. */
const clone = Effect.fnUntraced(function* (uid: number) {
  const folder = join(yield* temporaryFolder, "sluice")
  yield* Effect.promise(async () => {
    await mkdir(folder)
    const copy = `git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$0"`
    execFileSync("bash", ["-c", copy, folder], { cwd: root })
    await symlink(join(root, "node_modules"), join(folder, "node_modules"))
    await chmod(dirname(folder), 0o755)
    if (uid === ownUid) await chmod(folder, 0o700)
    else execFileSync("chown", ["-R", "--no-dereference", `${uid}:${uid}`, folder])
    await chown(folder, uid, uid)
  })
  return folder
})

/** `npm start` in the folder, on free ports. Stopped, and its data removed, when the scope closes. */
const startIn = Effect.fnUntraced(function* (folder: string, uid: number) {
  const options = {
    cwd: folder,
    uid,
    gid: uid,
    env: {
      PATH: `${join(folder, "node_modules/.bin")}:${process.env["PATH"]}`,
      HOME: folder,
      PORT: "0",
      FILESERVER_PORT: "0",
    },
  }
  const log = LogLines.make<string>()
  const child = spawn("npm", ["start"], options)
  createInterface(child.stdout).on("line", (line) => log.add(line))
  const ended = once(child, "exit")
  yield* Effect.addFinalizer(() =>
    Effect.promise(async () => {
      // npm's own pid: the process that it runs must end, too.
      child.kill("SIGTERM")
      await ended
      const data = /its data is in ([^"]+)/.exec(log.lines.join("\n"))?.[1]
      if (data !== undefined) await rm(data, { recursive: true, force: true })
    }),
  )
  const ready = yield* log.logged((line) => line.includes("Sluice is ready"))
  const [files = "", api = ""] = ready.match(/localhost:\d+(?=\/tripsdata|\/download)/g) ?? []
  const run = (lines: ReadonlyArray<string>) =>
    Effect.promise(async () => {
      const script = lines.join("\n").replaceAll("localhost:3000", api).replaceAll("localhost:8000", files)
      const env = { ...options.env, SLUICE_URL: `http://${api}` }
      return (await promisify(execFile)("bash", ["-c", script], { ...options, env })).stdout
    })
  return { run, log }
})

/** Only root can become someone else. */
const users =
  ownUid === 0
    ? [
        { who: "root, in a folder that only root can enter", uid: 0 },
        { who: "a plain user", uid: 65_534 },
      ]
    : [{ who: "a plain user", uid: ownUid }]

describe("the README's shell lines, pasted into a clean clone", () => {
  for (const { who, uid } of users)
    it.live(
      `work for ${who}`,
      () =>
        Effect.gen(function* () {
          const [install, create = "", status = "", cancel = "", psql = ""] = shellLines
          const uploads = shellLines.filter((line) => line.startsWith("curl -T "))
          assert.strictEqual(install, "npm ci && npm start")
          const { run } = yield* startIn(yield* clone(uid), uid)
          const untilEnd = `while ${status} -s | grep -qE '"state":"(created|active)"'; do sleep 0.1; done`
          const lines = (yield* run([
            create,
            untilEnd,
            status,
            "echo",
            cancel,
            "echo",
            psql,
            ...uploads.flatMap((line) => [line, "echo"]),
          ]))
            .trim()
            .split("\n")
          assert.include(lines[0], '"state":"completed"')
          assert.include(lines[0], '"table":"trips"')
          assert.include(lines[0], '"rowsLoaded":10')
          assert.include(lines[1], '"code":"job_already_finished"')
          assert.include(lines.join("\n"), "(3 rows)")
          const reads = shellLines.filter((line) => line.includes("localhost:3000/tables/trips"))
          assert.lengthOf(reads, 3)
          const [rows = "", file = "", details = ""] = (yield* run(
            reads.flatMap((line) => [line, "echo '~'"]),
          )).split("~")
          assert.strictEqual((JSON.parse(rows) as ReadonlyArray<unknown>).length, 3, rows)
          assert.lengthOf(file.trim().split("\n"), 11)
          assert.include(details, '"rowsLoaded":10')
          const append = shellLines.find((line) => line.includes("-d mode=append")) ?? ""
          const added = [
            `ADDED=$(${append} | grep -oE '[0-9a-f-]{36}')`,
            `while curl -s "localhost:3000/job_status?jobId=$ADDED" | grep -qE '"state":"(created|active)"'; do sleep 0.1; done`,
            `npm run -s psql -- -c "select 'now ' || count(*) from trips"`,
          ]
          assert.include(yield* run(added), "now 20")

          const [keep = "", ...look] = shellLines.filter((line) => line.includes("/sources"))
          const untilLoaded = `until ${look.at(-1)} | grep -q '"state":"completed"'; do sleep 0.1; done`
          const kept = yield* run([keep, untilLoaded, ...look])
          assert.match(kept, /^\{"jobId":"[^"]+"\}\{"sourceId":/)
          assert.include(kept, '"table":"trips_now"')
          assert.include(kept, '"every":"1h"')
          for (const [line, mode] of [
            [lines.at(-2), "create"],
            [lines.at(-1), "append"],
          ] as const) {
            assert.include(line, '"table":"mine"')
            assert.include(line, `"mode":"${mode}"`)
            assert.include(line, '"state":"completed"')
          }
        }),
      120_000,
    )
})
