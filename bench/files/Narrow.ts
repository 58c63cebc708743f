import type { FileKind } from "./FileKind.ts"
import type { Random } from "./Random.ts"

const two = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"))

const time = (random: Random): string =>
  `2020-${two[1 + random.below(12)]!}-${two[1 + random.below(28)]!} ` +
  `${two[random.below(24)]!}:${two[random.below(60)]!}:${two[random.below(60)]!}`

const amount = (random: Random): string => `${random.below(80)}.${two[random.below(100)]!}`

/** A log of taxi trips: 18 columns of short unquoted values, the last always empty. About 110 bytes per row. */
export const narrow: FileKind = {
  name: "narrow",
  seed: 18,
  columns: [
    "vendor",
    "pickup",
    "dropoff",
    "passengers",
    "distance",
    "rate_code",
    "stored",
    "pickup_zone",
    "dropoff_zone",
    "payment",
    "fare",
    "extra",
    "tax",
    "tip",
    "tolls",
    "surcharge",
    "total",
    "congestion",
  ],
  types: {
    vendor: "bigint",
    pickup: "timestamp",
    dropoff: "timestamp",
    passengers: "bigint",
    distance: "numeric",
    rate_code: "bigint",
    pickup_zone: "bigint",
    dropoff_zone: "bigint",
    payment: "bigint",
    fare: "numeric",
    extra: "numeric",
    tax: "numeric",
    tip: "numeric",
    tolls: "bigint",
    surcharge: "numeric",
    total: "numeric",
  },
  row: (random) =>
    `${1 + random.below(2)},${time(random)},${time(random)},${1 + random.below(6)},${amount(random)},` +
    `${1 + random.below(6)},${random.below(50) === 0 ? "Y" : "N"},${1 + random.below(265)},` +
    `${1 + random.below(265)},${1 + random.below(4)},${amount(random)},0.5,0.5,${amount(random)},0,0.3,` +
    `${amount(random)},`,
}
