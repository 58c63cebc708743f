import { begins, inserts, type Session, settles, type Trap } from "./PostgresProxy.ts"
import type { Request } from "./PostgresMessages.ts"

/** Whether a request is this step of the job's load. */
type Matches = (request: Request, session: Session, jobId: string) => boolean

const statement =
  (text: RegExp, of: (session: Session, jobId: string, parameters: string) => boolean): Matches =>
  (request, session, jobId) =>
    request.kind === "statement" && text.test(request.text) && of(session, jobId, request.parameters)

const onItsSession = (session: Session, jobId: string) => session.jobId === jobId
const byItsId = (_session: Session, jobId: string, parameters: string) => parameters.includes(jobId)

const copyStart = statement(/^copy .* from stdin/, onItsSession)
const claim = statement(/execute sluice_claim /, () => true)
/** The n-th message of data. The first is the header of the format. */
const data =
  (n: number): Matches =>
  (request, session, jobId) =>
    request.kind === "copy data" && session.jobId === jobId && session.copyData === n
const copyEnd: Matches = (request, session, jobId) => request.kind === "copy end" && session.jobId === jobId
const storeRejects = statement(/insert into sluice\.reject /, onItsSession)
const storeSkipped = statement(/insert into sluice\.skipped_line /, onItsSession)
/** In a load that infers types. */
export const widenColumn = "widen a column"
const widen = statement(/^alter table .* type /, onItsSession)
/** Also publishes the table and commits. */
const settle = statement(settles, onItsSession)

/** The requests of a load over one connection, in order. */
const direct = {
  claim,
  "begin record": statement(begins, byItsId),
  "create table and copy start": statement(/^begin; create table .* from stdin/, onItsSession),
  "mid copy": data(3),
  [widenColumn]: widen,
  "copy end": copyEnd,
  "store rejects": storeRejects,
  "store skipped lines": storeSkipped,
  "settle and commit": settle,
} satisfies Record<string, Matches>

/** The requests of a load over several connections, in order. */
const staged = {
  "create staging table": statement(/^create table "sluice"/, onItsSession),
  "begin of a session": statement(/^begin$/, () => true),
  "copy start": copyStart,
  // Each of several connections has few messages of data.
  "mid copy": data(2),
  [widenColumn]: widen,
  "copy end": copyEnd,
  "commit of another session": statement(
    /^commit$/,
    (session, jobId) => session.jobId === jobId && !session.hasSettled,
  ),
  "store rejects": storeRejects,
  "store skipped lines": storeSkipped,
  "settle and commit": settle,
} satisfies Record<string, Matches>

const lock = statement(/lock table /, onItsSession)

/** The requests of a load into a table that exists, which COPY fills. */
const append = {
  "lock the table": lock,
  "copy start": copyStart,
  "mid copy": data(3),
  "copy end": copyEnd,
  "store rejects": storeRejects,
  "check constraints": statement(/^set constraints /, onItsSession),
  "settle and commit": settle,
} satisfies Record<string, Matches>

/** The requests of a load that is merged into a table that exists, after those of COPY. */
const upsert = {
  "create staging table": statement(/; create unlogged table /, onItsSession),
  "find duplicates": statement(/ over \(partition by /, onItsSession),
  "lock the table": lock,
  merge: statement(/^\s*merge into /, onItsSession),
  "check constraints": statement(/^set constraints /, onItsSession),
  "settle and commit": settle,
} satisfies Record<string, Matches>

/** Kinds of loads: of new tables over one and several connections, and into tables that exist. */
export type LoadKind = "direct" | "staged" | "append" | "upsert"

/** The steps of each kind of load, by name. */
export const byMode: Readonly<Record<LoadKind, ReadonlyMap<string, Matches>>> = {
  direct: new Map(Object.entries(direct)),
  staged: new Map(Object.entries(staged)),
  append: new Map(Object.entries(append)),
  upsert: new Map(Object.entries(upsert)),
}

/** A trap for a step of a job whose id is not known yet. */
export const trap = (
  step: string,
  matches: Matches,
  {
    jobId,
    ...rest
  }: Omit<Trap, "matches" | "matchesResponse"> & { readonly jobId: () => string | undefined },
): Trap => ({
  ...rest,
  matches: (request, session) => {
    const id = jobId()
    return id !== undefined && matches(request, session, id)
  },
  // Every worker polls for jobs. Only one gets this job.
  ...(step === "claim"
    ? { matchesResponse: (response: string) => response.includes(jobId() ?? "never") }
    : {}),
})

/** A commit of the API: it creates a job, or has cancelled one, and the caller has no response yet. */
export const isCommit = (request: Request): boolean =>
  request.kind === "statement" && (/^commit$/i.test(request.text.trim()) || inserts.test(request.text))
