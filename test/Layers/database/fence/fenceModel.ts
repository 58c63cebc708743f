import type { FenceState } from "../../../../src/Domain/job/fence/JobFence.ts"

/** A row of `sluice.load`, as far as it decides anything. */
export interface FenceRow {
  readonly epoch: number
  readonly state: FenceState
}

/** What a statement does to the row of a job, which may be missing. `found` is what it returns; `null`: it fails. */
interface Changed<Row extends FenceRow | null = FenceRow> {
  readonly row: Row
  readonly found: FenceRow | null
}

const returning = (row: FenceRow): Changed => ({ row, found: row })

const raise = (row: FenceRow | null, epoch: number): Changed => {
  if (row === null) return returning({ epoch, state: null })
  return returning(row.state === null ? { ...row, epoch: Math.max(row.epoch, epoch) } : row)
}

const finish = (row: FenceRow | null, epoch: number): Changed<FenceRow | null> =>
  row === null || row.epoch !== epoch || row.state !== null
    ? { row, found: null }
    : returning({ epoch, state: "done" })

const cancel = (row: FenceRow | null): Changed =>
  returning(row === null ? { epoch: -1, state: "cancelled" } : { ...row, state: row.state ?? "cancelled" })

const revoke = (row: FenceRow | null, epoch: number): Changed => raise(row, epoch + 1)

/** The statements of `FenceStatements` by their names. `FenceStatements.test.ts` compares both. */
export const transitions = { raise, finish, cancel, revoke }
