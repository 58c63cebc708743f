import type { FileKind } from "./FileKind.ts"
import type { Random } from "./Random.ts"

const words =
  "the order was sent back because a parcel arrived late and customer asked for refund within two weeks of delivery to warehouse".split(
    " ",
  )

/** What is not a plain word: one time in 40 a doubled quote, in 25 a comma, in 400 a line break. */
const separator = (random: Random): string => {
  const draw = random.below(400)
  if (draw < 10) return ' ""so"" '
  if (draw < 26) return ", "
  return draw === 26 ? "\n" : " "
}

const sentence = (random: Random, most: number): string => {
  let text = random.pick(words)
  for (let left = random.below(most); left > 0; left--) text += separator(random) + random.pick(words)
  return `"${text}"`
}

/** Customer mail: eight columns, every field quoted, some with doubled quotes, commas and line breaks. About 290 bytes a row. */
export const quoted: FileKind = {
  name: "quoted",
  seed: 34,
  columns: ["ticket", "opened", "customer", "subject", "message", "answer", "note", "state"],
  row: (random) =>
    `"${100_000 + random.below(900_000)}","2024-05-${10 + random.below(18)}","${random.pick(words)}-${random.below(10_000)}",` +
    `${sentence(random, 6)},${sentence(random, 36)},${sentence(random, 28)},${sentence(random, 12)},` +
    `"${random.below(3) === 0 ? "open" : "closed"}"`,
}
