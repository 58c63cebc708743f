import { assert } from "@effect/vitest"
import type { OnBadRow } from "../../../src/Domain/load/options/LoadOptions.ts"
import { scanEveryWay, type ScanOptions } from "../readingCsv.ts"

/** The result of a file under a policy, in short form: rows, rejects as `record:line:reason:raw`, and repairs. */
export const outcome = (file: string | Uint8Array, onBadRow: OnBadRow, options: ScanOptions = {}) => {
  const { error, rejects, repairs, rows } = scanEveryWay(file, { ...options, onBadRow })
  return {
    rows: rows.map((row) => row.map((cell) => cell ?? "∅").join("|")),
    rejects: rejects.map(({ line, raw, reason, record }) => `${record}:${line}:${reason}:${raw}`),
    repairs,
    error: error?.code ?? null,
  }
}

/** The result under `reject` and `pad`. They differ only for records that are merely too short or too long. */
export const sameOutcome = (file: string | Uint8Array, options: ScanOptions = {}) => {
  const rejecting = outcome(file, "reject", options)
  assert.deepStrictEqual(outcome(file, "pad", options), rejecting)
  return rejecting
}
