import { baseTables, pick, randomFrom } from "../pollution/baseTables.ts"
import { columnPollutions } from "../pollution/columnPollutions.ts"
import { type Draft, draftOf } from "../pollution/Draft.ts"
import { writings } from "../pollution/drafts.ts"
import { endings } from "../pollution/endings.ts"
import { preambles } from "../pollution/preambles.ts"
import { oddities } from "./oddities.ts"

/** Tables spoilt in three ways: an oddity of all of it, lines behind it, and lines before it. */
export const mixtures = (seed: number, count: number): ReadonlyArray<Draft> => {
  const random = randomFrom(seed)
  const odd = [...columnPollutions, ...oddities].filter(
    ({ name }) => !/larger|every row in quotes|a name too many/.test(name),
  )
  return Array.from({ length: count }, () => {
    const [size, writing] = pick(random, writings)
    const clean = draftOf(pick(random, baseTables(size).slice(0, -1)), writing, random)
    return [odd, endings, preambles].reduce((draft, ways) => pick(random, ways).apply(draft) ?? draft, clean)
  })
}
