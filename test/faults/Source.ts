import * as Effect from "effect/Effect"
import type * as http from "node:http"
import * as CsvServer from "../support/CsvServer.ts"
import { bodyOf, type SourceFault, type Spec, versionAt } from "./Workload.ts"

/** How far a request for a file has come. */
export type SourceStep = "source open" | "header" | "mid body" | "end of body"

/** A server of files that misbehaves as their specs say. */
export interface Source {
  readonly origin: string
  /** From now on the file can be had; answers its path. */
  readonly serve: (spec: Spec) => Effect.Effect<string>
  /** Done, once, when a request for the file has come to the step, which then waits for the effect. */
  readonly set: (number: number, step: SourceStep, strike: Effect.Effect<void>) => void
  /** Told of each piece of a body that is sent: the file's number and the share of it that has gone. */
  readonly onProgress: (listener: (number: number, share: number) => void) => void
  /** Downloads that were cut, stalled or ended short so far, by kind. */
  readonly spoilt: ReadonlyMap<string, number>
}

const number = /^\/file(\d+)\.csv/

/** Size of one piece of a body. */
export const pieceBytes = 16_384

/** When a version was made: long ago, as a date that is to tell versions apart must be. */
const dateOf = (version: number): string => new Date(Date.UTC(2020, 0, version)).toUTCString()

/** The first byte that is wanted, if the condition of the range holds (RFC 9110, 13.1.5 and 14.2). */
const startOf = (headers: http.IncomingHttpHeaders, validator: string): number => {
  const from = /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1]
  const condition = headers["if-range"]
  return from === undefined || (condition !== undefined && condition !== validator) ? 0 : Number(from)
}

export const make = Effect.gen(function* () {
  const server = yield* CsvServer.make()
  const traps = new Map<string, Effect.Effect<void>>()
  const listeners: Array<(number: number, share: number) => void> = []
  const spoilt = new Map<string, number>()

  const reach = (number: number, step: SourceStep) =>
    Effect.suspend(() => {
      const strike = traps.get(`${number} ${step}`)
      traps.delete(`${number} ${step}`)
      return strike ?? Effect.void
    })

  const spoil = (exchange: CsvServer.Exchange, fault: SourceFault) => {
    spoilt.set(fault.kind, (spoilt.get(fault.kind) ?? 0) + 1)
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
        spoilt.set("status", (spoilt.get("status") ?? 0) + 1)
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
      // The pause after each stays far below the time after which a download counts as stalled.
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
      return yield* spoil(exchange, fault)
    })
  }

  return {
    origin: server.origin,
    serve: Effect.fnUntraced(function* (spec) {
      const path = `/file${spec.number}.csv`
      yield* server.serve(path, answer(spec))
      return path
    }),
    set: (number, step, strike) => void traps.set(`${number} ${step}`, strike),
    onProgress: (listener) => void listeners.push(listener),
    spoilt,
  } satisfies Source
})

/** The number of the file at the URL, if it is one of ours. */
export const numberOf = (url: string): number | undefined => {
  const found = number.exec(URL.parse(url)?.pathname ?? "")?.[1]
  return found === undefined ? undefined : Number(found)
}
