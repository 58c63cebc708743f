import * as Effect from "effect/Effect"
import * as TcpProxy from "../support/TcpProxy.ts"
import type { ProxiedConnection, Taps } from "../support/ProxiedConnection.ts"
import { MessageReader, type Message, type Request, RequestReader } from "./PostgresMessages.ts"

/** A database session of a process of the service. */
export interface Session {
  readonly connection: ProxiedConnection
  /** Process id of the backend; 0 until known. */
  backendPid: number
  /** The job whose table it named last. */
  jobId: string | undefined
  /** Whether it has settled that job's claim. */
  hasSettled: boolean
  /** Messages of COPY data since that COPY began. */
  copyData: number
}

/** When a fault is injected: before the request reaches the server, or before the response reaches the client. */
export type Moment = "before" | "after"

/** Waits for a request and injects a fault once, while the session is held. */
export interface Trap {
  readonly moment: Moment
  readonly matches: (request: Request, session: Session) => boolean
  /** With `after`: whether this is the response. Any by default. */
  readonly matchesResponse?: (response: string) => boolean
  readonly inject: (session: Session) => Effect.Effect<void>
  /** With `before`: the request never reaches the server, and the connection continues. */
  readonly drops?: boolean
}

interface StartedClaim {
  readonly jobId: string
  readonly retryCount: number
}

/** A proxy that parses the Postgres protocol. */
export interface PostgresProxy extends TcpProxy.TcpProxy {
  readonly sessions: () => ReadonlyArray<Session>
  /** Sets a trap that is triggered once. Returns how to remove it. */
  readonly set: (trap: Trap) => () => void
  /** Calls the listener for each claim that a worker starts. */
  readonly onBegin: (listener: (claim: StartedClaim) => void) => void
  /** Calls the listener for each job before it is inserted. */
  readonly onInsert: (listener: (job: { readonly jobId: string; readonly url: string }) => void) => void
}

const loadTable = /"load ([0-9a-f-]{36}) \d+"/
const claims = /\{[^{}]*"jobId":"([0-9a-f-]{36})"[^{}]*"retryCount":(\d+)[^{}]*\}/g
/** The statement that marks claims as started. */
export const begins = /attempt_started_at = now\(\)/
/** The statement that settles a claim as completed. */
export const settles = /execute sluice_completion /
/** The statement that records a new job. */
export const inserts = /insert into sluice\.job /
/** The last statement of a request, which the server responds to before it has the data. */
const startsCopy = /(?:^|; )copy [^;]* from stdin/i
const insertedId = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

/** Starts a proxy to the database of the URL. It stops with the scope. */
export const make = Effect.fnUntraced(function* (url: string) {
  const run = Effect.runPromiseWith(yield* Effect.context<never>())
  const traps = new Set<Trap>()
  const sessions = new WeakMap<ProxiedConnection, Session>()
  const beginListeners: Array<(claim: StartedClaim) => void> = []
  const insertListeners: Array<(job: { readonly jobId: string; readonly url: string }) => void> = []

  /** The traps that the request triggers. */
  const triggered = (moment: Moment, request: Request, session: Session): ReadonlyArray<Trap> => {
    const matching = [...traps].filter((trap) => trap.moment === moment && trap.matches(request, session))
    // Another fault may prevent the response, so an `after` trap stays set until there is one.
    if (moment === "before") for (const trap of matching) traps.delete(trap)
    return matching
  }

  /** Several traps of one moment are triggered one after the other. */
  const injectAll = async (some: ReadonlyArray<Trap>, session: Session) => {
    for (const trap of some) await run(trap.inject(session))
  }

  const observe = (request: Request, session: Session) => {
    if (request.kind === "copy data") session.copyData += 1
    if (request.kind !== "statement") return
    const table = loadTable.exec(request.text)
    if (table?.[1] !== undefined && /(?:^|; )create |^copy |savepoint /.test(request.text)) {
      session.jobId = table[1]
      session.hasSettled = false
    }
    if (settles.test(request.text)) session.hasSettled = true
    if (startsCopy.test(request.text)) session.copyData = 0
    if (begins.test(request.text))
      for (const [, jobId = "", retryCount] of request.parameters.matchAll(claims))
        for (const listener of beginListeners) listener({ jobId, retryCount: Number(retryCount) })
    if (inserts.test(request.text)) {
      const jobId = insertedId.exec(request.parameters)?.[0] ?? ""
      const url = /https?:[^\0]+/.exec(request.parameters)?.[0] ?? ""
      for (const listener of insertListeners) listener({ jobId, url })
    }
  }

  const tap = (connection: ProxiedConnection): Taps => {
    const session: Session = { connection, backendPid: 0, jobId: undefined, hasSettled: false, copyData: 0 }
    const fromClient = new MessageReader("client")
    const fromServer = new MessageReader("server")
    const requests = new RequestReader()
    sessions.set(connection, session)
    /** Counts requests, and responses ended by ReadyForQuery. The login is one of each. */
    let requested = 1
    let responded = 0
    let waiting:
      | { readonly after: ReadonlyArray<Trap>; readonly round: number; readonly isStart: boolean }
      | undefined
    let kept: Array<Buffer> = []

    const onRequest = async (message: Message, deliver: (bytes: Buffer) => void) => {
      if (message.type === "ssl") fromServer.isUntyped = true
      const isSync = message.type === "Q" || message.type === "S"
      const request = requests.read(message)
      if (request !== undefined) {
        observe(request, session)
        const before = triggered("before", request, session)
        await injectAll(before, session)
        if (before.some(({ drops }) => drops)) return
        const after = triggered("after", request, session)
        if (after.length > 0 && waiting === undefined) {
          const isCopy = request.kind === "statement" && startsCopy.test(request.text)
          const round = message.type === "B" || message.type === "Q" ? requested + 1 : requested
          waiting = { after, round, isStart: isCopy }
        }
      }
      if (isSync) requested += 1
      deliver(message.bytes)
    }

    const onResponse = async (message: Message, deliver: (bytes: Buffer) => void) => {
      if (message.type === "K") session.backendPid = message.bytes.readUInt32BE(5)
      if (message.type === "Z") responded += 1
      if (waiting === undefined || responded < waiting.round - 1) return deliver(message.bytes)
      kept.push(message.bytes)
      const isOver = responded >= waiting.round || (waiting.isStart && message.type === "G")
      if (!isOver) return
      const { after } = waiting
      const bytes = Buffer.concat(kept)
      kept = []
      waiting = undefined
      const text = bytes.toString("latin1")
      const due = after.filter(
        (trap) => traps.has(trap) && (trap.matchesResponse === undefined || trap.matchesResponse(text)),
      )
      for (const trap of due) traps.delete(trap)
      await injectAll(due, session)
      deliver(bytes)
    }

    return {
      toServer: async (piece, deliver) => {
        for (const message of fromClient.read(piece)) await onRequest(message, deliver)
      },
      toClient: async (piece, deliver) => {
        for (const message of fromServer.read(piece)) await onResponse(message, deliver)
      },
    }
  }

  const proxy = yield* TcpProxy.make(url, tap)
  return {
    ...proxy,
    sessions: () => proxy.connections().flatMap((connection) => sessions.get(connection) ?? []),
    set: (trap) => {
      traps.add(trap)
      return () => void traps.delete(trap)
    },
    onBegin: (listener) => void beginListeners.push(listener),
    onInsert: (listener) => void insertListeners.push(listener),
  } satisfies PostgresProxy
})
