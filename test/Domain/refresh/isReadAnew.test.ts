import { assert, it } from "@effect/vitest"
import type { LoadOptions } from "../../../src/Domain/load/options/LoadOptions.ts"
import { isReadAnew } from "../../../src/Domain/refresh/isReadAnew.ts"

const before: LoadOptions = {
  mode: "replace",
  types: "infer",
  columns: { a: { type: "numeric" }, b: { name: "c" } },
}

it.each<LoadOptions>([
  {},
  { schema: "public", timeout: 9, headers: { accept: "text/csv" } },
  { onBadRow: "reject", names: "keep", header: true, nullValues: [], deleteMissing: false },
  { columns: { b: { name: "c" }, a: { type: "numeric" } } },
  { mode: "append", types: "text" },
])("a file that has not changed is not loaded again with the further options %j", (options) => {
  assert.isFalse(isReadAnew(before, { ...before, ...options }))
  if (options.mode !== "append") assert.isFalse(isReadAnew({ ...before, ...options }, before))
})

it.each<LoadOptions>([
  { mode: "upsert", key: ["a"] },
  { types: "text" },
  { header: false },
  { nullValues: ["-"] },
  { maxBadRows: { _tag: "Percent", percent: 10 } },
  { columns: { a: { type: "numeric" } } },
])("a file that has not changed is loaded again with the further options %j", (options) => {
  assert.isTrue(isReadAnew(before, { ...before, ...options }))
})
