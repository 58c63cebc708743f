import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import * as CsvServer from "../support/CsvServer.ts"
import { openEvents, type ReceivedEvent } from "../support/EventStream.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { startApi, startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const mebibyte = 1024 * 1024

/** Resident memory of a process in MiB, and seconds of processor time that it has used and has waited for. */
const usageOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")
  return {
    memory: Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
    seconds: (Number(stat[13]) + Number(stat[14])) / 100,
    waited: Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e9,
  }
}

// @effect-diagnostics-next-line globalFetch:off
const textOf = async (url: string) => (await fetch(url)).text()

const secrets = { alice: "a".repeat(43), bob: "b".repeat(43) }

const as = (secret: string) => ({ authorization: `Bearer ${secret}` })

/** The entry of a key in `API_KEYS`. */
const entry = (name: string, secret: string) =>
  `${name}:submit+read:${createHash("sha256").update(secret).digest("hex")}`

const received = ({ data }: ReceivedEvent) => Number(Object(data["progress"])["bytesReceived"] ?? 0)

const ofJob =
  (jobId: string, state: string) =>
  ({ data }: ReceivedEvent) =>
    data["jobId"] === jobId && data["state"] === state

/** Each test starts several processes. */
const slow = 90_000

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(120) })(
  "streams of events",
  (it) => {
    it.effect(
      "500 streams of a job see its end, made by another process, within a second and with 100 MiB",
      () =>
        Effect.gen(function* () {
          const { api, environment, files } = yield* TestService
          yield* files.serve("/trips.csv", CsvServer.file("id\n1\n"))
          // As `npm start` has it: what is left is what the streams hold, and not the room for new objects, which grows with any use.
          const other = yield* startApi({ ...environment, NODE_OPTIONS: "--max-semi-space-size=1" })
          const jobId = yield* api.create(files.url("/trips.csv"))
          const follow = openEvents(`${other.origin}/job_events?jobId=${jobId}`)
          const warm = yield* follow
          yield* warm.event(ofJob(jobId, "created"))
          const before = usageOf(other.pid)
          const streams = yield* Effect.forEach(Array.from({ length: 500 }), () => follow, {
            concurrency: 50,
          })
          yield* Effect.forEach(streams, ({ event }) => event(ofJob(jobId, "created")), {
            concurrency: "unbounded",
          })
          const open = usageOf(other.pid)
          yield* api.cancel(jobId)
          yield* Effect.forEach(streams, ({ end }) => end, { concurrency: "unbounded" })
          const after = usageOf(other.pid)
          for (const { events } of streams) assert.strictEqual(events.at(-1)?.data["state"], "cancelled")
          const metrics = yield* Effect.promise(() => textOf(`${other.origin}/metrics`))
          const delay = (part: string) =>
            Number(new RegExp(`^sluice_event_stream_delay_seconds_${part} (.*)$`, "m").exec(metrics)?.[1])
          assert.strictEqual(delay("count"), streams.length + 1)
          // By the clock of the process, without the time in which the machine did something else.
          assert.isBelow(delay("sum") / delay("count") - (after.waited - open.waited), 1)
          assert.isBelow(after.seconds - open.seconds, 1)
          assert.isBelow(Math.max(open.memory, after.memory) - before.memory, 100)
        }),
      slow,
    )

    it.effect(
      "a stream shows the progress of a running job about once a second, until it has ended",
      () =>
        Effect.gen(function* () {
          const { api, environment, files, origin } = yield* TestService
          yield* files.serve("/slow.csv", CsvServer.byHand)
          yield* startWorker(environment)
          const jobId = yield* api.create(files.url("/slow.csv"))
          const stream = yield* openEvents(`${origin}/job_events?jobId=${jobId}`)
          const source = yield* files.request("/slow.csv")
          yield* source.head(200, { "content-type": "text/csv", "content-length": 3 * mebibyte + 3 })
          yield* source.send("id\n")
          for (const part of [1, 2, 3]) {
            yield* source.send("1234567\n".repeat(mebibyte / 8))
            yield* stream.event((event) => received(event) >= part * mebibyte)
          }
          yield* source.end
          yield* stream.event(ofJob(jobId, "completed"))
          yield* stream.end
          assert.deepStrictEqual(
            stream.events.at(-1)?.data,
            (yield* api.get(`/job_status?jobId=${jobId}`)).body,
          )
        }),
      slow,
    )

    it.effect(
      "a stream of all jobs has each from its creation to its end, and continues after a gap",
      () =>
        Effect.gen(function* () {
          const { api, environment, files } = yield* TestService
          yield* files.serve("/a.csv", CsvServer.file("id\n1\n"))
          const other = yield* startApi(environment)
          const stream = yield* openEvents(`${other.origin}/events`)
          assert.strictEqual((yield* stream.head).status, 200)
          const cancelled = yield* api.create(files.url("/a.csv"))
          const created = yield* stream.event(ofJob(cancelled, "created"))
          assert.strictEqual(created.event, "job")
          assert.notProperty(created.data, "columns")
          yield* api.cancel(cancelled)
          const last = yield* stream.event(ofJob(cancelled, "cancelled"))
          yield* stream.close

          const missed = yield* api.create(files.url("/a.csv"))
          yield* api.cancel(missed)
          const next = yield* openEvents(`${other.origin}/events`, { "last-event-id": String(last.id) })
          yield* next.event(ofJob(missed, "cancelled"))
          yield* startWorker(environment)
          const loaded = yield* api.create(files.url("/a.csv"))
          yield* next.event(ofJob(loaded, "completed"))
          const [duration] = yield* Effect.timed(
            Effect.andThen(other.signal("SIGTERM"), Effect.all([next.end, other.exit])),
          )
          assert.isBelow(Duration.toSeconds(duration), 5)
          assert.strictEqual(yield* other.exit, 0)
        }),
      slow,
    )

    it.effect(
      "a stream of all jobs has only those of its caller",
      () =>
        Effect.gen(function* () {
          const { environment, files } = yield* TestService
          const { origin } = yield* startApi({
            ...environment,
            API_KEYS: `${entry("alice", secrets.alice)}\n${entry("bob", secrets.bob)}`,
          })
          const alice = as(secrets.alice)
          const bob = as(secrets.bob)
          const [ofAlice, ofBob] = [
            yield* openEvents(`${origin}/events`, alice),
            yield* openEvents(`${origin}/events`, bob),
          ]
          assert.deepStrictEqual([(yield* ofAlice.head).status, (yield* ofBob.head).status], [200, 200])
          const api = ServiceClient.make(origin)
          const post = (headers: Readonly<Record<string, string>>) =>
            Effect.map(api.post(files.url("/a.csv"), headers), ({ body }) => String(Object(body)["jobId"]))
          const hers = yield* post(alice)
          const his = yield* post(bob)
          yield* ofAlice.event(ofJob(hers, "created"))
          yield* ofBob.event(ofJob(his, "created"))
          assert.isFalse(ofBob.text().includes(hers))
          assert.isFalse(ofAlice.text().includes(his))
          const refused = yield* openEvents(`${origin}/job_events?jobId=${hers}`, bob)
          assert.strictEqual((yield* refused.head).status, 404)
          assert.strictEqual((yield* (yield* openEvents(`${origin}/events`)).head).status, 401)
        }),
      slow,
    )
  },
)
