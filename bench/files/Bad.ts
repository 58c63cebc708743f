import type { FileKind } from "./FileKind.ts"
import { narrow } from "./Narrow.ts"
import type { Random } from "./Random.ts"

const columns = ["no", ...narrow.columns]

/** A record that must be rejected: it has a NUL character or too many fields. */
const badRecord = (random: Random, number: number): string =>
  random.below(3) === 0
    ? `${random.below(1_000_000)},${narrow.row(random, number)},surplus,${random.below(100)}`
    : `${random.below(1000)}\0,${narrow.row(random, number)}`

/** The narrow file with a number before each row and one bad record in ten. */
export const tenthBad: FileKind = {
  name: "tenth-bad",
  seed: 55,
  columns,
  row: (random, number) =>
    random.below(10) === 0
      ? badRecord(random, number)
      : `${random.below(1_000_000)},${narrow.row(random, number)}`,
}

/** Only bad records. */
export const allBad: FileKind = { name: "all-bad", seed: 89, columns, row: badRecord }
