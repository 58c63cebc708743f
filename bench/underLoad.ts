/**
 * How the service behaves next to a caller that floods it, and with many callers at once:
 *
 *   npm run bench:load -- [seconds]
 *
 * Not in the gate: it needs minutes, and a machine that does nothing else.
 */
import { createHash } from "node:crypto"
import { Agent, type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http"
import { cpus, loadavg } from "node:os"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { attempt } from "./BenchFailure.ts"
import { percentile } from "./Statistics.ts"
import * as Child from "./world/Child.ts"
import * as Database from "./world/Database.ts"
import * as HttpServer from "./world/HttpServer.ts"

const seconds = Number(process.argv[2] ?? 120)
const floodJobs = 10_000
const statusPollers = 200
const createsPerSecond = 50
const replicas = 3

const keyOf = (name: string) => `${name}-${"0123456789abcdef".repeat(3)}`
const entryOf = (name: string) =>
  `${name}:submit+read+cancel:${createHash("sha256").update(keyOf(name)).digest("hex")}`

/** Serves a small file, and at /large one that takes as long as the measurement. */
const sendFile = (request: IncomingMessage, response: ServerResponse) => {
  const row = `${"x".repeat(60)},1,2,3\n`
  response.writeHead(200, { "content-type": "text/csv" })
  if (request.url?.startsWith("/large") !== true) return response.end(`a,b,c,d\n${row.repeat(20)}`)
  response.write("a,b,c,d\n")
  const end = performance.now() + (seconds + 30) * 1000
  const timer = setInterval(() => {
    if (performance.now() < end) return response.write(row.repeat(2000))
    clearInterval(timer)
    return response.end()
  }, 50)
  return response.once("close", () => clearInterval(timer))
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly milliseconds: number
}

const clientOf =
  (origin: string, caller: string, agent: Agent) =>
  (method: string, path: string, body = "") =>
    new Promise<Answer>((resolve, reject) => {
      const start = performance.now()
      const request = httpRequest(
        `${origin}${path}`,
        {
          agent,
          method,
          headers: {
            authorization: `Bearer ${keyOf(caller)}`,
            ...(body === "" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
          },
        },
        (response) => {
          let text = ""
          response.setEncoding("utf8")
          response.on("data", (part: string) => (text += part))
          response.once("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              body: text,
              milliseconds: performance.now() - start,
            }),
          )
        },
      )
      request.once("error", reject)
      request.end(body)
    })

type Client = ReturnType<typeof clientOf>

const Created = Schema.fromJsonString(Schema.Struct({ jobId: Schema.String }))
const Status = Schema.fromJsonString(
  Schema.Struct({ createdAt: Schema.String, startedAt: Schema.NullOr(Schema.String) }),
)

/** Counts answers by status, and keeps their times. */
const makeTally = () => {
  const counts: Record<string, number> = {}
  const times: Array<number> = []
  return {
    add: ({ milliseconds, status }: Answer) => {
      counts[status] = (counts[status] ?? 0) + 1
      times.push(milliseconds)
    },
    fail: (error: Error) => {
      counts[error.message] = (counts[error.message] ?? 0) + 1
    },
    show: () =>
      `${JSON.stringify(counts)}, p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
  }
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/** Repeats a request, with a pause between, until the time is over. */
const poll = async (
  until: number,
  pause: number,
  tally: ReturnType<typeof makeTally>,
  call: () => Promise<Answer>,
) => {
  while (performance.now() < until) {
    await call().then(tally.add, tally.fail)
    await sleep(pause)
  }
}

const create = (client: Client, url: string, table: string) =>
  client("POST", "/download_file", new URLSearchParams({ fileUrl: url, tableName: table }).toString())

const jobIdOf = ({ body, status }: Answer): string => {
  if (status !== 202) throw new Error(`${status}: ${body}`)
  return Schema.decodeSync(Created)(body).jobId
}

const startedAfter = async (client: Client, jobId: string): Promise<number> => {
  while (true) {
    const { body } = await client("GET", `/job_status?jobId=${jobId}`)
    const { createdAt, startedAt } = Schema.decodeSync(Status)(body)
    if (startedAt !== null) return Date.parse(startedAt) - Date.parse(createdAt)
    await sleep(20)
  }
}

/** One caller posts jobs and previews as fast as it can, and another one loads a small file now and then. */
const flood = async (files: string, floods: Client, calm: Client) => {
  const [created, previews, status] = [makeTally(), makeTally(), makeTally()]
  const starts: Array<number> = []
  let left = floodJobs
  const until = performance.now() + seconds * 1000
  const known = jobIdOf(await create(calm, `${files}/known.csv`, "known"))
  await Promise.all([
    ...Array.from({ length: 32 }, () =>
      (async () => {
        while (left > 0 && performance.now() < until)
          await create(floods, `${files}/flood.csv`, `flood_${left--}`).then(created.add, created.fail)
      })(),
    ),
    ...Array.from({ length: 8 }, () =>
      poll(until, 0, previews, () =>
        floods("POST", "/preview", new URLSearchParams({ fileUrl: `${files}/p.csv` }).toString()),
      ),
    ),
    ...Array.from({ length: 4 }, () =>
      poll(until, 50, status, () => calm("GET", `/job_status?jobId=${known}`)),
    ),
    (async () => {
      for (let n = 0; performance.now() < until - 3000; n++) {
        await sleep(2000)
        starts.push(await startedAfter(calm, jobIdOf(await create(calm, `${files}/small.csv`, `calm_${n}`))))
      }
    })(),
  ])
  console.log(`flood: creates ${created.show()}`)
  console.log(`flood: previews ${previews.show()}`)
  console.log(`other caller: status ${status.show()}`)
  console.log(
    `other caller: ${starts.length} small jobs started after p50 ${percentile(starts, 0.5)} ms, at most ${Math.max(...starts)} ms`,
  )
}

/** Many pollers and creates next to four loads. */
const crowd = async (files: string, callers: ReadonlyArray<Client>) => {
  const [created, status] = [makeTally(), makeTally()]
  const client = callers[0]!
  const large = await Promise.all(
    Array.from({ length: 4 }, (_, n) => create(client, `${files}/large${n}.csv`, `large_${n}`).then(jobIdOf)),
  )
  await Promise.all(large.map((id) => startedAfter(client, id)))
  const until = performance.now() + seconds * 1000
  await Promise.all([
    ...Array.from({ length: statusPollers }, (_, n) =>
      poll(until, 1000, status, () => client("GET", `/job_status?jobId=${large[n % large.length]}`)),
    ),
    (async () => {
      for (let n = 0; performance.now() < until; n++) {
        void create(callers[n % callers.length]!, `${files}/small.csv`, `crowd_${n}`).then(
          created.add,
          created.fail,
        )
        await sleep(1000 / createsPerSecond)
      }
    })(),
  ])
  await sleep(2000)
  console.log(`crowd: status ${status.show()}`)
  console.log(`crowd: creates ${created.show()}`)
}

Effect.gen(function* () {
  const database = yield* Database.start
  const files = `http://127.0.0.1:${yield* HttpServer.start(sendFile, "127.0.0.1")}`
  const names = ["flooder", "calm", ...Array.from({ length: 10 }, (_, n) => `caller${n}`)]
  const environment = {
    DATABASE_URL: database.url,
    ALLOWED_HOSTS: "127.0.0.0/8",
    SOURCE_HOST_CONCURRENCY: "unlimited",
    LOG_LEVEL: "Warn",
  }
  const { ready } = yield* Child.start(
    {
      program: process.execPath,
      arguments: ["src/Api/main.ts"],
      environment: { ...environment, LOG_LEVEL: "Info", PORT: "0", API_KEYS: names.map(entryOf).join(",") },
    },
    /Listening on (http:\/\/[^\s"]+)/,
  )
  for (let n = 0; n < replicas; n++)
    yield* Child.start(
      {
        program: process.execPath,
        arguments: ["--max-semi-space-size=1", "--heap-growing-percent=100", "src/Worker/main.ts"],
        environment: { ...environment, LOG_LEVEL: "Info" },
      },
      /claiming jobs/,
    )
  const [flooder, calm, ...callers] = names.map((name) =>
    clientOf(ready[1]!, name, new Agent({ keepAlive: true, maxSockets: 256 })),
  )
  yield* Console.log(
    `${cpus()[0]?.model}, ${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)} before; ${seconds} s each`,
  )
  yield* attempt("measure a crowd", () => crowd(files, callers))
  yield* attempt("measure a flood", () => flood(files, flooder!, calm!))
  yield* Console.log(`load ${loadavg()[0]?.toFixed(1)} after`)
}).pipe(Effect.scoped, NodeRuntime.runMain)
