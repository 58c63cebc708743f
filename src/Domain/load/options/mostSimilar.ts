/** Levenshtein distance: insertions, deletions and substitutions that turn one word into the other. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

const maxLength = 40

const normalized = (text: string): string =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "")

/**
 * The most similar known word, ignoring letter case and punctuation; `undefined` if none is similar.
 *
 * @param maxEdits characters that may differ; in any case only a third of the known word
 */
export const mostSimilar = (
  word: string,
  known: ReadonlyArray<string>,
  maxEdits = maxLength,
): string | undefined => {
  if (word.length > maxLength) return undefined
  const wanted = normalized(word)
  const [best] = known
    .map((name) => ({
      name,
      found: normalized(name),
      most: Math.min(maxEdits, Math.max(1, Math.floor(name.length / 3))),
    }))
    // The distance is at least the difference of the lengths, and takes much longer to compute.
    .filter(({ found, most }) => Math.abs(found.length - wanted.length) <= most)
    .map(({ found, most, name }) => ({ name, most, distance: distance(wanted, found) }))
    .filter(({ distance, most }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance)
  return best?.name
}
