import type { FileKind } from "./FileKind.ts"

const states = ["open", "paid", "sent", "returned"]

/** Payments with a key, of short unquoted values. About 50 bytes per row. */
export const keyed: FileKind = {
  name: "keyed",
  seed: 5,
  columns: ["id", "customer", "amount", "state", "changed"],
  types: { id: "bigint", customer: "integer", amount: "numeric", changed: "timestamp" },
  row: (random, number) =>
    `${number},${random.below(1_000_000)},${random.below(1000)}.${10 + random.below(90)},${states[random.below(4)]},` +
    `2024-0${1 + random.below(9)}-${10 + random.below(18)} ${10 + random.below(14)}:${10 + random.below(50)}:${10 + random.below(50)}`,
}

export const keyedRowBytes = 50
