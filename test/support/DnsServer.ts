import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as dgram from "node:dgram"
import * as net from "node:net"

/** What the server knows of a name. `rcode` (RFC 1035, 4.1.1) is 0 by default. */
interface Entry {
  readonly addresses?: ReadonlyArray<string>
  /** Seconds. */
  readonly ttl?: number
  readonly rcode?: number
  /** Record types without a reply. */
  readonly silent?: ReadonlyArray<"A" | "AAAA">
}

/** A DNS server for tests, over UDP. */
export interface DnsServer {
  /** For `Resolver.setServers`. */
  readonly address: string
  /** From now on the server knows the name so. */
  readonly set: (name: string, entry: Entry) => void
  /** Names of the A queries so far, retries included. */
  readonly asked: ReadonlyArray<string>
  /** Waits for the next A query that was not returned yet. */
  readonly query: Effect.Effect<string>
}

/** No reply at all. */
export const silent: Entry = { silent: ["A", "AAAA"] }

const serverFailure = 2
/** DNS has no such name (NXDOMAIN). */
const noSuchName = 3
/** The server failed (SERVFAIL). */
export const failing: Entry = { rcode: serverFailure }

const types = new Map<number, "A" | "AAAA">([
  [1, "A"],
  [28, "AAAA"],
])

const groups = (text: string) => (text === "" ? [] : text.split(":"))

const bytesOf = (address: string): Buffer => {
  if (net.isIPv4(address)) return Buffer.from(address.split(".").map(Number))
  const [head = "", tail = ""] = address.split("::")
  const gap = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array.from({ length: gap }, () => "0"), ...groups(tail)]
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex")
}

const questionOf = (message: Buffer) => {
  const labels: Array<string> = []
  let at = 12
  for (let length = message[at]!; length !== 0; length = message[at]!) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join("."), type: types.get(message.readUInt16BE(at + 1)), end: at + 5 }
}

const record = (address: string, ttl: number): Buffer => {
  const data = bytesOf(address)
  const head = Buffer.alloc(12)
  // The name: a pointer to the question's.
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(data.length === 4 ? 1 : 28, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(ttl, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

const reply = (query: Buffer, questionEnd: number, rcode: number, answers: ReadonlyArray<Buffer>): Buffer => {
  const head = Buffer.from(query.subarray(0, questionEnd))
  head.writeUInt16BE(0x8180 | rcode, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(answers.length, 6)
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, ...answers])
}

/** Starts a server on loopback that stops with the scope. Unknown names do not exist. */
export const make = Effect.fnUntraced(function* (entries: Readonly<Record<string, Entry>> = {}) {
  const zone = new Map(Object.entries(entries))
  const asked: Array<string> = []
  const queries = yield* Queue.unbounded<string>()
  const socket = dgram.createSocket("udp4")

  socket.on("message", (message, from) => {
    const { name, type, end } = questionOf(message)
    if (type === "A") {
      asked.push(name)
      Queue.offerUnsafe(queries, name)
    }
    const entry = zone.get(name) ?? { rcode: noSuchName }
    if (type === undefined || entry.silent?.includes(type)) return
    const answers = (entry.addresses ?? [])
      .filter((address) => net.isIPv6(address) === (type === "AAAA"))
      .map((address) => record(address, entry.ttl ?? 60))
    socket.send(reply(message, end, entry.rcode ?? 0, answers), from.port, from.address)
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      socket.bind(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () => Effect.callback<void>((resume) => void socket.close(() => resume(Effect.void))),
  )
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    set: (name, entry) => void zone.set(name, entry),
    asked,
    query: Queue.take(queries),
  }
  return server
})
