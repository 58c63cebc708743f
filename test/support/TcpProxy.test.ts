import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import * as TcpProxy from "./TcpProxy.ts"

/** A proxy in front of an echo server. */
const echo = Effect.gen(function* () {
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((socket) => {
        socket.on("error", () => socket.destroy())
        socket.pipe(socket)
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void))),
  )
  const { port } = server.address() as AddressInfo
  return yield* TcpProxy.make(`postgres://user@127.0.0.1:${port}/database`)
})

/** A client of the proxy. `hear` returns `null` at the end of the connection. */
const client = Effect.fnUntraced(function* (proxy: TcpProxy.TcpProxy) {
  const heard = yield* Queue.unbounded<string | null>()
  const url = new URL(proxy.through("postgres://user@elsewhere:1/database"))
  const socket = yield* Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = connect(Number(url.port), url.hostname, () => resume(Effect.succeed(socket)))
      socket.on("data", (piece) => Queue.offerUnsafe(heard, piece.toString()))
      socket.on("error", () => socket.destroy())
      socket.on("close", () => Queue.offerUnsafe(heard, null))
    }),
    (socket) => Effect.sync(() => socket.destroy()),
  )
  return {
    say: (text: string) => Effect.sync(() => void socket.write(text)),
    hear: Queue.take(heard),
    hasHeard: Queue.size(heard),
  }
})

it.live("a proxy delivers in both directions, and keeps the rest of the URL", () =>
  Effect.gen(function* () {
    const proxy = yield* echo
    assert.match(
      proxy.through("postgres://user@elsewhere:1/database"),
      /^postgres:\/\/user@127\.0\.0\.1:\d+\/database$/,
    )
    const { hear, say } = yield* client(proxy)
    yield* say("one")
    assert.strictEqual(yield* hear, "one")
  }),
)

it.live("a paused proxy delivers nothing, and everything afterwards", () =>
  Effect.gen(function* () {
    const proxy = yield* echo
    const { hasHeard, hear, say } = yield* client(proxy)
    yield* say("one")
    yield* hear
    yield* proxy.pause
    yield* say("two")
    // When the event loop has served a second client, the data of the first would have arrived.
    const other = yield* client(proxy)
    yield* other.say("three")
    assert.strictEqual(yield* hasHeard, 0)
    yield* proxy.resume
    assert.strictEqual(yield* hear, "two")
    assert.strictEqual(yield* other.hear, "three")
  }),
)

it.live("a proxy delays data in both directions", () =>
  Effect.gen(function* () {
    const proxy = yield* echo
    const { hear, say } = yield* client(proxy)
    yield* proxy.delay(40)
    const before = yield* Clock.currentTimeMillis
    yield* say("one")
    assert.strictEqual(yield* hear, "one")
    // Both directions. Timers can fire early.
    assert.isAtLeast((yield* Clock.currentTimeMillis) - before, 75)
  }),
)

it.live("a proxy cuts its connections, and accepts new ones unless it is closed", () =>
  Effect.gen(function* () {
    const proxy = yield* echo
    const first = yield* client(proxy)
    yield* first.say("one")
    yield* first.hear
    yield* proxy.cut
    assert.isNull(yield* first.hear)
    const second = yield* client(proxy)
    yield* second.say("two")
    assert.strictEqual(yield* second.hear, "two")
    yield* proxy.close
    assert.isNull(yield* second.hear)
    assert.isNull(yield* (yield* client(proxy)).hear)
    yield* proxy.open
    const third = yield* client(proxy)
    yield* third.say("three")
    assert.strictEqual(yield* third.hear, "three")
  }),
)

it.live("a proxy loses the response to a request, with its connection", () =>
  Effect.gen(function* () {
    const proxy = yield* echo
    const unlucky = yield* client(proxy)
    const other = yield* client(proxy)
    const losing = yield* Effect.forkChild(proxy.loseResponseTo("commit"), { startImmediately: true })
    yield* unlucky.say("begin")
    assert.strictEqual(yield* unlucky.hear, "begin")
    yield* unlucky.say("commit")
    assert.isNull(yield* unlucky.hear)
    yield* Fiber.join(losing)
    yield* other.say("begin")
    assert.strictEqual(yield* other.hear, "begin")
  }),
)
