import type { FileKind } from "./FileKind.ts"
import type { Random } from "./Random.ts"

const value = (random: Random): string => {
  const draw = random.below(10)
  if (draw === 0) return ""
  return draw < 7 ? String(random.below(1000)) : `${random.below(100)}.${random.below(10)}`
}

/** A sensor export: 300 columns of short numbers, one in ten empty. About 1,050 bytes per row. */
export const wide: FileKind = {
  name: "wide",
  seed: 300,
  columns: Array.from({ length: 300 }, (_, n) => `sensor_${n + 1}`),
  row: (random) => {
    let row = value(random)
    for (let column = 2; column <= 300; column++) row += `,${value(random)}`
    return row
  },
}
