/**
 * Runs the stack in a Docker Swarm of one node under load, while it is scaled, killed, upgraded and given a bad version, and
 * counts what was lost or doubled:
 *
 *   docker swarm init
 *   node deploy/swarm/check.ts OLD_IMAGE NEW_IMAGE
 *
 * It makes a stack `sluicecheck` and removes it. The source of the files is this process, reached over Docker's own bridge.
 */
import { execFile, execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env } from "node:process"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"

const [oldImage = "", newImage = ""] = process.argv.slice(2)
if (newImage === "") throw new Error("usage: node deploy/swarm/check.ts OLD_IMAGE NEW_IMAGE")

const stack = "sluicecheck"
const apiPort = 3900
const badImage = `${stack}:bad`
/** Rows and seconds of each file. */
const rows = 40_000
const seconds = 4
const postEveryMillis = 1500
const folder = mkdtempSync(join(tmpdir(), "sluice-swarm-"))

const run = promisify(execFile)
const docker = async (...command: ReadonlyArray<string>): Promise<string> =>
  (await run("docker", [...command], { maxBuffer: 2 ** 26 })).stdout.trim()

const started = Date.now()
const since = (start: number): number => Number(((Date.now() - start) / 1000).toFixed(1))
const say = (text: string): void =>
  void process.stdout.write(`${since(started).toFixed(1).padStart(6)} s  ${text}\n`)

/** Waits until the condition holds, and returns the seconds that took. */
const until = async (what: string, holds: () => Promise<boolean>, limit = 600): Promise<number> => {
  const start = Date.now()
  while (!(await holds())) {
    if (since(start) > limit) throw new Error(`not within ${limit} s: ${what}`)
    await sleep(250)
  }
  return since(start)
}

const lines = Array.from({ length: rows }, (_, n) => `${n},${"x".repeat(40)}\n`)

/** Sends the file in tenths of its time. */
const sendSlowly = async (response: ServerResponse): Promise<void> => {
  response.writeHead(200, { "content-type": "text/csv" })
  response.write("id,text\n")
  for (let part = 0; part < 10 && !response.destroyed; part++) {
    response.write(lines.slice((part * rows) / 10, ((part + 1) * rows) / 10).join(""))
    await sleep(seconds * 100)
  }
  response.end()
}

const containersOf = async (
  service: string,
): Promise<ReadonlyArray<{ id: string; image: string; healthy: boolean }>> =>
  (
    await docker(
      "ps",
      "--filter",
      `label=com.docker.swarm.service.name=${stack}_${service}`,
      "--format",
      "{{.ID}} {{.Image}} {{.Status}}",
    )
  )
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [id = "", image = ""] = line.split(" ")
      return { id, image, healthy: line.includes("(healthy)") }
    })

const hasHealthy = (service: string, count: number) => async () => {
  const found = await containersOf(service)
  return found.length === count && found.every(({ healthy }) => healthy)
}

const updateState = (service: string): Promise<string> =>
  docker(
    "service",
    "inspect",
    `${stack}_${service}`,
    "--format",
    "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}",
  )

const environment = {
  ...env,
  STACK: stack,
  SECRETS: join(folder, "secrets"),
  APIS: env["APIS"] ?? "2",
  API_PORT: String(apiPort),
  WORKER_CONCURRENCY: "2",
}

const deploy = (image: string, more: Readonly<Record<string, string>>) =>
  run("bash", [new URL("deploy.sh", import.meta.url).pathname, image], { env: { ...environment, ...more } })

const sql = async (statement: string): Promise<string> => {
  const [db] = await containersOf("db")
  return docker("exec", db?.id ?? "", "psql", "-U", "postgres", "-d", "sluice", "-XAtc", statement)
}

interface Job {
  readonly jobId: string
  readonly state: string
  readonly table: string
  readonly attempt: number
}

/** The load: a job at a time, posted again under its key until it is accepted. */
const load = { posted: 0, refused: 0, longest: 0, isRunning: true, jobs: new Set<string>() }

const request = async (path: string, init: RequestInit = {}): Promise<unknown> => {
  const headers = {
    authorization: `Bearer ${readFileSync(join(environment.SECRETS, "api_keys"), "utf8")}`,
    "content-type": "application/json",
    ...init.headers,
  }
  // @effect-diagnostics-next-line globalFetch:off - a script without the runtime of Effect.
  const response = await fetch(`http://127.0.0.1:${apiPort}${path}`, {
    ...init,
    headers,
    signal: AbortSignal.timeout(5000),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}

const postUntilAccepted = async (fileUrl: string): Promise<void> => {
  const key = randomUUID()
  const start = Date.now()
  while (true) {
    try {
      const { jobId } = (await request("/download_file", {
        method: "POST",
        headers: { "idempotency-key": key },
        body: JSON.stringify({ fileUrl }),
      })) as { readonly jobId: string }
      load.posted++
      load.jobs.add(jobId)
      load.longest = Math.max(load.longest, since(start))
      return
    } catch {
      load.refused++
      await sleep(200)
    }
  }
}

const post = async (source: string): Promise<void> => {
  const posting: Array<Promise<void>> = []
  while (load.isRunning) {
    posting.push(postUntilAccepted(`${source}/file${posting.length}.csv`))
    await sleep(postEveryMillis)
  }
  await Promise.all(posting)
}

/** Follows an update until it has this end, and returns its seconds, and whether both images ran at the same time. */
const follow = async (service: string, images: readonly [string, string], end: string) => {
  let sideBySide = false
  const took = await until(`the update of ${service}: ${end}`, async () => {
    const found = await containersOf(service)
    sideBySide ||= images.every((image) => found.some((each) => each.image === image))
    return (await updateState(service)) === end
  })
  return { took, sideBySide }
}

const server = createServer((_, response) => void sendSlowly(response))
await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve))
const report: Record<string, unknown> = {}

/** Waits until all jobs have ended, and counts what was lost or doubled. */
const countJobs = async () => {
  await until(
    "all jobs have ended",
    async () =>
      (await sql("select count(*) from boss.job where name = 'load' and state < 'completed'")) === "0",
  )
  const jobs: Array<Job> = []
  for (const jobId of load.jobs) jobs.push((await request(`/job_status?jobId=${jobId}`)) as Job)
  const wrong: Array<string> = []
  for (const { jobId, state, table } of jobs) {
    const counts =
      state === "completed" ? await sql(`select count(*), count(distinct id) from public."${table}"`) : state
    if (counts !== `${rows}|${rows}`) wrong.push(`${jobId}: ${counts}`)
  }
  return {
    posted: load.posted,
    refusedAndPostedAgain: load.refused,
    longestPostSeconds: load.longest,
    jobs: jobs.length,
    wrong,
    tables: Number(await sql("select count(*) from pg_tables where schemaname = 'public'")),
    unfinishedTables: Number(
      await sql("select count(*) from pg_tables where schemaname = 'sluice' and tablename like 'load %'"),
    ),
    secondAttempts: jobs.filter(({ attempt }) => attempt > 1).length,
  }
}

try {
  writeFileSync(
    join(folder, "Dockerfile"),
    `FROM ${newImage}\nCMD ["node", "-e", "process.exit(1)"]\nENTRYPOINT ["node", "-e", "process.exit(1)"]\n`,
  )
  await docker("build", "--quiet", "--tag", badImage, folder)
  const gateway = await docker(
    "network",
    "inspect",
    "docker_gwbridge",
    "--format",
    "{{(index .IPAM.Config 0).Gateway}}",
  )
  const source = `http://${gateway}:${(server.address() as AddressInfo).port}`
  const more = { ALLOWED_HOSTS: source.slice("http://".length) }

  await deploy(oldImage, more)
  report["firstStart"] = await until(
    "the API is ready",
    async () => (await hasHealthy("api", Number(environment.APIS))()) && (await hasHealthy("worker", 2)()),
  )
  say(`the stack runs (${report["firstStart"]} s)`)
  const posting = post(source)
  await sleep(5000)

  await docker("service", "scale", "--detach", `${stack}_worker=4`)
  report["scaledTo4"] = await until("4 workers", hasHealthy("worker", 4))
  say(`4 workers (${report["scaledTo4"]} s)`)

  const [victim] = await containersOf("worker")
  await docker("kill", "--signal", "KILL", victim?.id ?? "")
  await until("the container has gone", async () =>
    (await containersOf("worker")).every(({ id }) => id !== victim?.id),
  )
  report["killedReplaced"] = await until("the killed container is replaced", hasHealthy("worker", 4))
  say(`a worker was killed and replaced (${report["killedReplaced"]} s)`)

  await deploy(newImage, { ...more, WORKERS: "4" })
  const [ofApi, ofWorkers] = await Promise.all(
    ["api", "worker"].map((service) => follow(service, [oldImage, newImage], "completed")),
  )
  Object.assign(report, { apiUpdate: ofApi, workerUpdate: ofWorkers })
  say(`updated: API ${JSON.stringify(ofApi)}, workers ${JSON.stringify(ofWorkers)}`)

  for (const service of ["worker", "api"]) {
    await docker("service", "update", "--quiet", "--detach", "--image", badImage, `${stack}_${service}`)
    const rollback = await follow(service, [badImage, newImage], "rollback_completed")
    const images = (await containersOf(service)).map(({ image }) => image)
    if (images.length === 0 || images.some((image) => image !== newImage))
      throw new Error(`the ${service} after the rollback: ${images.join(", ")}`)
    report[`${service}Rollback`] = rollback
    say(`a bad ${service} was rolled back: ${JSON.stringify(rollback)}`)
  }

  await sleep(5000)
  load.isRunning = false
  await posting
  const counts = await countJobs()
  process.stdout.write(`${JSON.stringify({ ...report, ...counts }, null, 2)}\n`)
  const { jobs, posted, tables, unfinishedTables, wrong } = counts
  if (wrong.length > 0 || jobs !== tables || jobs !== posted || unfinishedTables !== 0) process.exitCode = 1
} finally {
  server.close()
  server.closeAllConnections()
  execFileSync("docker", ["stack", "rm", stack])
  rmSync(folder, { recursive: true, force: true })
}
