import { lowerText, words } from "./searchedColumns.ts"

/** The beginnings of shorter words are those of very many words, all of which Postgres would look up. */
const shortestBeginning = 3

/** Blocks of the table of jobs in which words are counted: a thousand jobs. */
const sampleBlocks = 64

/** A word that more jobs have is not looked up. The index collects all its places before the first job is read. */
const mostExpected = 4000

/** SQL of a search for words. */
export interface WordsSearch {
  /** Whether a job has them. Takes 40 µs, because it separates the words of the job. */
  readonly matches: string
  /** True of all these jobs, and of few others. Costs a twentieth of it. */
  readonly isLikely: string
  /** The query for the index: for the rarest of the words. Null if that is not rare. */
  readonly rarest: string
  /** Whether a job is found by that query. */
  readonly isFound: (query: string) => string
}

/** A word that may be the beginning of a longer one, unless it is very short. */
const asTerm = (word: string): string => ([...word].length < shortestBeginning ? word : `${word}:*`)

const blocks = "greatest(1, pg_relation_size('sluice.job') / current_setting('block_size')::integer)"

/** Some blocks of the table, the same ones each time. The newest jobs may have other words than most. */
const sample = `sluice.job tablesample system (least(100, 100.0 * ${sampleBlocks} / ${blocks})) repeatable (0)`

export const wordsSearch = (text: string, given: (value: unknown, type: string) => string): WordsSearch => {
  const all = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "")
  // The upper and lower case of other letters depends on the database.
  const plain = all.filter((word) => /^[\da-z]+$/i.test(word)).map((word) => word.toLowerCase())
  return {
    matches: `${words} @@ to_tsquery('simple', ${given(all.map(asTerm).join(" & "), "text")})`,
    isLikely: plain.map((word) => `strpos(${lowerText}, ${given(word, "text")}) > 0`).join(" and ") || "true",
    rarest: `
      select case when jobs * greatest(1, ${blocks} / ${sampleBlocks}.0) <= ${mostExpected} then to_tsquery('simple', term) end
      from unnest(${given(all, "text[]")}, ${given(all.map(asTerm), "text[]")}) as given (word, term)
        cross join lateral (
          select count(*) as jobs from (select ${lowerText} as searched from ${sample} offset 0) as job
          where strpos(searched, lower(word)) > 0
        ) as sampled
      order by jobs, length(word) desc limit 1`,
    isFound: (query) => `${words} @@ (${query})`,
  }
}
