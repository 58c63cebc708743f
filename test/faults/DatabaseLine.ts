import * as Effect from "effect/Effect"
import * as TcpProxy from "../support/TcpProxy.ts"
import type { ProxiedConnection, Taps } from "../support/ProxiedConnection.ts"
import { MessageReader, type Message, type Request, RequestReader } from "./PostgresMessages.ts"

/** A session of a process of the service with the database. */
export interface Session {
  readonly connection: ProxiedConnection
  /** Process id of the server's side; 0 until it has told. */
  backendPid: number
  /** The job whose table was last named on it. */
  jobId: string | undefined
  /** Whether it has settled that job's claim. */
  hasSettled: boolean
  /** Messages of COPY data since that COPY began. */
  copyData: number
}

/** Where a fault strikes: before the server has heard of the request, or when it has done what was asked. */
export type Moment = "before" | "after"

/** What waits for a request on the line and strikes once, while the session stands still. */
export interface Trap {
  readonly moment: Moment
  readonly fits: (request: Request, session: Session) => boolean
  /** Of `after`: whether this is the answer; any is, if left out. */
  readonly fitsAnswer?: (answer: string) => boolean
  readonly strike: (session: Session) => Effect.Effect<void>
  /** Of `before`: the request never reaches the server, and the connection goes on as if it had. */
  readonly drops?: boolean
}

interface BegunClaim {
  readonly jobId: string
  readonly retryCount: number
}

/** A line to the database that understands what it carries. */
export interface DatabaseLine extends TcpProxy.TcpProxy {
  readonly sessions: () => ReadonlyArray<Session>
  /** Sets a trap, to be sprung once; answers how to take it away. */
  readonly set: (trap: Trap) => () => void
  /** Told of each claim a worker begins, and by which line. */
  readonly onBegin: (listener: (claim: BegunClaim) => void) => void
  /** Told of each job that is about to be recorded, with its URL, before anybody else can know of it. */
  readonly onInsert: (listener: (job: { readonly jobId: string; readonly url: string }) => void) => void
}

const loadTable = /"load ([0-9a-f-]{36}) \d+"/
const claims = /\{[^{}]*"jobId":"([0-9a-f-]{36})"[^{}]*"retryCount":(\d+)[^{}]*\}/g
/** The statement that marks claims as started. */
export const begins = /attempt_started_at = now\(\)/
/** The statement that settles a claim as completed. */
export const settles = /completed_on = boss\.job_now\(\),\s+state = 'completed'/
/** The statement that records a new job. */
const inserts = /insert into sluice\.job /
const insertedId = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

/** Starts a line to the database of the URL; it ends with the scope. */
export const make = Effect.fnUntraced(function* (url: string) {
  const run = Effect.runPromiseWith(yield* Effect.context<never>())
  const traps = new Set<Trap>()
  const sessions = new WeakMap<ProxiedConnection, Session>()
  const begun: Array<(claim: BegunClaim) => void> = []
  const inserted: Array<(job: { readonly jobId: string; readonly url: string }) => void> = []

  /** All that the request springs. */
  const sprung = (moment: Moment, request: Request, session: Session): ReadonlyArray<Trap> => {
    const fitting = [...traps].filter((trap) => trap.moment === moment && trap.fits(request, session))
    // An answer may never come, where something else has struck first: its trap stays set until it does.
    if (moment === "before") for (const trap of fitting) traps.delete(trap)
    return fitting
  }

  /** Strikes of one moment come one after the other, as if the next had waited for it. */
  const strike = async (some: ReadonlyArray<Trap>, session: Session) => {
    for (const trap of some) await run(trap.strike(session))
  }

  const note = (request: Request, session: Session) => {
    if (request.kind === "copy data") session.copyData += 1
    if (request.kind !== "statement") return
    const found = loadTable.exec(request.text)
    if (found?.[1] !== undefined && /^(?:begin; )?create |^copy /.test(request.text)) {
      session.jobId = found[1]
      session.hasSettled = false
    }
    if (settles.test(request.text)) session.hasSettled = true
    if (/^copy /i.test(request.text)) session.copyData = 0
    if (begins.test(request.text))
      for (const [, jobId = "", retryCount] of request.parameters.matchAll(claims))
        for (const listener of begun) listener({ jobId, retryCount: Number(retryCount) })
    if (inserts.test(request.text)) {
      const jobId = insertedId.exec(request.parameters)?.[0] ?? ""
      const url = /https?:[^\0]+/.exec(request.parameters)?.[0] ?? ""
      for (const listener of inserted) listener({ jobId, url })
    }
  }

  const tap = (connection: ProxiedConnection): Taps => {
    const session: Session = { connection, backendPid: 0, jobId: undefined, hasSettled: false, copyData: 0 }
    const fromClient = new MessageReader("client")
    const fromServer = new MessageReader("server")
    const requests = new RequestReader()
    sessions.set(connection, session)
    /** Rounds that the client has begun and the server has ended with ReadyForQuery; logging in is one. */
    let asked = 1
    let answered = 0
    let waiting:
      | { readonly after: ReadonlyArray<Trap>; readonly round: number; readonly isStart: boolean }
      | undefined
    let kept: Array<Buffer> = []

    const ask = async (message: Message, deliver: (bytes: Buffer) => void) => {
      if (message.type === "ssl") fromServer.isUntyped = true
      const isSync = message.type === "Q" || message.type === "S"
      const request = requests.read(message)
      if (request !== undefined) {
        note(request, session)
        const before = sprung("before", request, session)
        await strike(before, session)
        if (before.some(({ drops }) => drops)) return
        const after = sprung("after", request, session)
        if (after.length > 0 && waiting === undefined) {
          const isCopy = request.kind === "statement" && /^copy /i.test(request.text)
          const round = message.type === "B" || message.type === "Q" ? asked + 1 : asked
          waiting = { after, round, isStart: isCopy }
        }
      }
      if (isSync) asked += 1
      deliver(message.bytes)
    }

    const answer = async (message: Message, deliver: (bytes: Buffer) => void) => {
      if (message.type === "K") session.backendPid = message.bytes.readUInt32BE(5)
      if (message.type === "Z") answered += 1
      if (waiting === undefined || answered < waiting.round - 1) return deliver(message.bytes)
      kept.push(message.bytes)
      const isOver = answered >= waiting.round || (waiting.isStart && message.type === "G")
      if (!isOver) return
      const { after } = waiting
      const bytes = Buffer.concat(kept)
      kept = []
      waiting = undefined
      const text = bytes.toString("latin1")
      const meant = after.filter(
        (trap) => traps.has(trap) && (trap.fitsAnswer === undefined || trap.fitsAnswer(text)),
      )
      for (const trap of meant) traps.delete(trap)
      await strike(meant, session)
      deliver(bytes)
    }

    return {
      toServer: async (piece, deliver) => {
        for (const message of fromClient.read(piece)) await ask(message, deliver)
      },
      toClient: async (piece, deliver) => {
        for (const message of fromServer.read(piece)) await answer(message, deliver)
      },
    }
  }

  const line = yield* TcpProxy.make(url, tap)
  return {
    ...line,
    sessions: () => line.connections().flatMap((connection) => sessions.get(connection) ?? []),
    set: (trap) => {
      traps.add(trap)
      return () => void traps.delete(trap)
    },
    onBegin: (listener) => void begun.push(listener),
    onInsert: (listener) => void inserted.push(listener),
  } satisfies DatabaseLine
})
