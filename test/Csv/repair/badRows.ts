import { assert } from "@effect/vitest"
import type { OnBadRow } from "../../../src/Domain/load/LoadOptions.ts"
import { scanEveryWay, type ScanOptions } from "../readingCsv.ts"

/** What a file comes to under a policy, in short: rows, rejects as `record:line:reason:raw`, and repairs. */
export const come = (file: string | Uint8Array, onBadRow: OnBadRow, options: ScanOptions = {}) => {
  const { error, rejects, repairs, rows } = scanEveryWay(file, { ...options, onBadRow })
  return {
    rows: rows.map((row) => row.map((cell) => cell ?? "∅").join("|")),
    rejects: rejects.map(({ line, raw, reason, record }) => `${record}:${line}:${reason}:${raw}`),
    repairs,
    error: error?.code ?? null,
  }
}

/** The same under `reject` and `pad`, which differ only for records that are just too short or too long. */
export const comeUnderBoth = (file: string | Uint8Array, options: ScanOptions = {}) => {
  const outcome = come(file, "reject", options)
  assert.deepStrictEqual(come(file, "pad", options), outcome)
  return outcome
}
