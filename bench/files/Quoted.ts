import type { FileKind } from "./FileKind.ts"
import type { Random } from "./Random.ts"

const words =
  "the order was sent back because a parcel arrived late and customer asked for refund within two weeks of delivery to warehouse".split(
    " ",
  )

/** Separator between words: doubled quotes 1 in 40, a comma 1 in 25, a line break 1 in 400, else a space. */
const separator = (random: Random): string => {
  const draw = random.below(400)
  if (draw < 10) return ' ""so"" '
  if (draw < 26) return ", "
  return draw === 26 ? "\n" : " "
}

const sentence = (random: Random, maxWords: number): string => {
  let text = random.pick(words)
  for (let left = random.below(maxWords); left > 0; left--) text += separator(random) + random.pick(words)
  return `"${text}"`
}

/** Customer mail: eight quoted columns, some with doubled quotes, commas and line breaks. About 290 bytes per row. */
export const quoted: FileKind = {
  name: "quoted",
  seed: 34,
  columns: ["ticket", "opened", "customer", "subject", "message", "answer", "note", "state"],
  types: { ticket: "bigint", opened: "date" },
  row: (random) =>
    `"${100_000 + random.below(900_000)}","2024-05-${10 + random.below(18)}","${random.pick(words)}-${random.below(10_000)}",` +
    `${sentence(random, 6)},${sentence(random, 36)},${sentence(random, 28)},${sentence(random, 12)},` +
    `"${random.below(3) === 0 ? "open" : "closed"}"`,
}
