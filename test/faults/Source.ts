import * as Effect from "effect/Effect"
import type * as http from "node:http"
import * as CsvServer from "../support/CsvServer.ts"
import { bodyOf, type SourceFault, type Spec, versionAt } from "./Workload.ts"

/** The progress of a request for a file. */
export type SourceStep = "source open" | "header" | "mid body" | "end of body"

/** A file server with the faults of its files' specs. */
export interface Source {
  readonly origin: string
  /** Serves the file from now on. Returns its path. */
  readonly serve: (spec: Spec) => Effect.Effect<string>
  /** Runs the effect once, when a request for the file reaches the step. The request waits for it. */
  readonly set: (number: number, step: SourceStep, effect: Effect.Effect<void>) => void
  /** Calls the listener for each piece sent, with the file's number and the share of the body sent so far. */
  readonly onProgress: (listener: (number: number, share: number) => void) => void
  /** Number of downloads that the source has broken, by kind. */
  readonly broken: ReadonlyMap<string, number>
}

const number = /^\/file(\d+)\.csv/

/** Size of one piece of a body. */
export const pieceBytes = 16_384

/** The date of a version. It is old, because a recent date is not a strong validator (RFC 9110, 8.8.2.2). */
const dateOf = (version: number): string => new Date(Date.UTC(2020, 0, version)).toUTCString()

/** The first requested byte; 0 without a range, or if `If-Range` does not match (RFC 9110, 13.1.5 and 14.2). */
const startOf = (headers: http.IncomingHttpHeaders, validator: string): number => {
  const from = /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1]
  const condition = headers["if-range"]
  return from === undefined || (condition !== undefined && condition !== validator) ? 0 : Number(from)
}

export const make = Effect.gen(function* () {
  const server = yield* CsvServer.make()
  const traps = new Map<string, Effect.Effect<void>>()
  const listeners: Array<(number: number, share: number) => void> = []
  const broken = new Map<string, number>()

  const reach = (number: number, step: SourceStep) =>
    Effect.suspend(() => {
      const effect = traps.get(`${number} ${step}`)
      traps.delete(`${number} ${step}`)
      return effect ?? Effect.void
    })

  const breakOff = (exchange: CsvServer.Exchange, fault: SourceFault) => {
    broken.set(fault.kind, (broken.get(fault.kind) ?? 0) + 1)
    if (fault.kind === "rst" || fault.kind === "changed") return exchange.reset
    return fault.kind === "stall" ? exchange.closed : exchange.cut
  }

  const answer = (spec: Spec): CsvServer.Answer => {
    let requests = 0
    return Effect.fnUntraced(function* (exchange) {
      const version = versionAt(spec, requests)
      const fault = spec.faults[requests++]
      yield* reach(spec.number, "source open")
      if (fault?.kind === "status") {
        broken.set("status", (broken.get("status") ?? 0) + 1)
        return yield* CsvServer.status(fault.status)(exchange)
      }
      const body = bodyOf(spec, version)
      const validator = spec.isDated ? dateOf(version) : `"v${version}"`
      const start = startOf(exchange.headers, validator)
      if (start > 0 && start >= body.length) return yield* CsvServer.status(416)(exchange)
      yield* exchange.head(start > 0 ? 206 : 200, {
        "content-type": spec.isGzip ? "application/gzip" : "text/csv",
        "content-length": body.length - start,
        "accept-ranges": "bytes",
        ...(spec.isDated ? (start > 0 ? {} : { "last-modified": validator }) : { etag: validator }),
        ...(start > 0 ? { "content-range": `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
      })
      yield* reach(spec.number, "header")
      const end =
        fault === undefined ? body.length : Math.min(Math.max(start, fault.afterBytes), body.length - 1)
      // Small enough that the pause after each piece stays far below the idle timeout.
      const size = Math.max(1, Math.min(pieceBytes, Math.ceil(body.length / 16)))
      let sent = start
      while (sent < end) {
        const next = Math.min(sent + size, end)
        yield* exchange.send(body.subarray(sent, next))
        if (spec.servedOver > 0) yield* Effect.sleep((spec.servedOver * (next - sent)) / body.length)
        sent = next
        for (const listener of listeners) listener(spec.number, sent / body.length)
        if (sent >= body.length / 2) yield* reach(spec.number, "mid body")
      }
      if (fault === undefined) {
        yield* reach(spec.number, "end of body")
        return yield* exchange.end
      }
      return yield* breakOff(exchange, fault)
    })
  }

  return {
    origin: server.origin,
    serve: Effect.fnUntraced(function* (spec) {
      const path = `/file${spec.number}.csv`
      yield* server.serve(path, answer(spec))
      return path
    }),
    set: (number, step, effect) => void traps.set(`${number} ${step}`, effect),
    onProgress: (listener) => void listeners.push(listener),
    broken,
  } satisfies Source
})

/** The number of the file at the URL, if it is a file of this suite. */
export const numberOf = (url: string): number | undefined => {
  const found = number.exec(URL.parse(url)?.pathname ?? "")?.[1]
  return found === undefined ? undefined : Number(found)
}
