import { begins, type Session, settles, type Trap } from "./DatabaseLine.ts"
import type { Request } from "./PostgresMessages.ts"

/** Whether a request on a session is this step of the job's load. */
type Fits = (request: Request, session: Session, jobId: string) => boolean

const statement =
  (text: RegExp, of: (session: Session, jobId: string, parameters: string) => boolean): Fits =>
  (request, session, jobId) =>
    request.kind === "statement" && text.test(request.text) && of(session, jobId, request.parameters)

const onItsSession = (session: Session, jobId: string) => session.jobId === jobId
const byItsId = (_session: Session, jobId: string, parameters: string) => parameters.includes(jobId)

const copyStart = statement(/^copy .* from stdin/, onItsSession)
/** The n-th message of data; the first is the format's header. */
const data =
  (n: number): Fits =>
  (request, session, jobId) =>
    request.kind === "copy data" && session.jobId === jobId && session.copyData === n
const copyEnd: Fits = (request, session, jobId) => request.kind === "copy end" && session.jobId === jobId
const storeRejects = statement(/insert into sluice\.reject /, onItsSession)
const settle = statement(settles, onItsSession)
const commit = statement(/^commit$/, (session, jobId) => session.jobId === jobId && session.hasSettled)

/** Every request of a load to the database, in their order, by what it does. */
const direct = {
  claim: statement(/FOR UPDATE OF j SKIP LOCKED/, () => true),
  "begin record": statement(begins, byItsId),
  "create table": statement(/^begin; create table/, onItsSession),
  "copy start": copyStart,
  "mid copy": data(3),
  "copy end": copyEnd,
  "store rejects": storeRejects,
  "settle claim": settle,
  "rename and record": statement(/rename to /, onItsSession),
  commit,
} satisfies Record<string, Fits>

/** The same for a load over several connections. */
const staged = {
  "create staging table": statement(/^create table "sluice"/, onItsSession),
  "begin of a session": statement(/^begin$/, () => true),
  "copy start": copyStart,
  // Dealt out to several, there is little more for each.
  "mid copy": data(2),
  "copy end": copyEnd,
  "commit of another session": statement(
    /^commit$/,
    (session, jobId) => session.jobId === jobId && !session.hasSettled,
  ),
  "store rejects": storeRejects,
  "settle claim": settle,
  "move into place": statement(/set schema /, onItsSession),
  commit,
} satisfies Record<string, Fits>

/** The steps of each kind of load, by name. */
export const byMode: Readonly<Record<"direct" | "staged", ReadonlyMap<string, Fits>>> = {
  direct: new Map(Object.entries(direct)),
  staged: new Map(Object.entries(staged)),
}

/** The trap for a step of a job whose id becomes known as it is created. */
export const trap = (
  step: string,
  fits: Fits,
  { jobId, ...rest }: Omit<Trap, "fits" | "fitsAnswer"> & { readonly jobId: () => string | undefined },
): Trap => ({
  ...rest,
  fits: (request, session) => {
    const id = jobId()
    return id !== undefined && fits(request, session, id)
  },
  // Many ask for jobs; the claim is made by the one who is given this job.
  ...(step === "claim" ? { fitsAnswer: (answer: string) => answer.includes(jobId() ?? "never") } : {}),
})

/** A transaction of the API commits: it has created or cancelled a job, and its caller does not know yet. */
export const hasAnswerOfCommit = (request: Request): boolean =>
  request.kind === "statement" && /^commit$/i.test(request.text.trim())
