import { lowerText, searchedColumns, words } from "./searchedColumns.ts"
import { type OwnedJobs, type PageOfJobs, selectRecentFirst } from "./selectRecentFirst.ts"

/** The beginnings of shorter words are those of very many words, all of which Postgres would look up. */
const shortestBeginning = 3

/** The jobs in which the frequencies of words are compared. */
const sampleSize = 300

type Given = (value: unknown, type: string) => string

/** SQL of a search for words. */
export interface WordsSearch {
  /** Whether a job has them. */
  readonly matches: string
  /** True of all these jobs, and of few others. Costs a twentieth of it. */
  readonly contains: () => string
  /** The query for the index: for the rarest of the words, among these jobs. */
  readonly rarest: (jobs: string) => string
  /** The query for all words. */
  readonly query: string
  readonly isOneWord: boolean
}

/** A word that may be the beginning of a longer one, unless it is very short. */
const asTerm = (word: string): string => ([...word].length < shortestBeginning ? word : `${word}:*`)

export const wordsSearch = (text: string, given: Given): WordsSearch => {
  const all = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "")
  // The upper and lower case of other letters depends on the database.
  const plain = all.filter((word) => /^[\da-z]+$/i.test(word)).map((word) => word.toLowerCase())
  const query = `to_tsquery('simple', ${given(all.map(asTerm).join(" & "), "text")})`
  return {
    matches: `${words} @@ ${query}`,
    contains: () =>
      plain.map((word) => `strpos(${lowerText}, ${given(word, "text")}) > 0`).join(" and ") || "true",
    rarest: (jobs) => `(
      select to_tsquery('simple', term)
      from unnest(${given(all, "text[]")}, ${given(all.map(asTerm), "text[]")}) as given (word, term)
      order by (select count(*) from (${jobs}) as job where strpos(${lowerText}, lower(word)) > 0), length(word) desc limit 1
    )`,
    query,
    isOneWord: all.length === 1,
  }
}

/** The newest jobs with the words. The index is asked for the rarest word only, because it collects all places of each word first. */
export const selectByWords = (
  { contains, isOneWord, matches, query, rarest }: WordsSearch,
  jobs: OwnedJobs,
  page: PageOfJobs,
): string => {
  const likely = contains()
  const sample = jobs.each(
    (isOwned) => `
      select id, created_at, ${searchedColumns} from sluice.job
      where ${[isOwned, ...page.times].join(" and ")} ${page.newestFirst} limit ${sampleSize}`,
  )
  // A query that the planner does not know: whatever it would expect, this part is for words that few jobs have.
  const asked = isOneWord ? query : rarest(`select * from (${sample}) as job limit ${sampleSize}`)
  return selectRecentFirst(
    {
      likely,
      columns: searchedColumns,
      matches,
      indexed: `${words} @@ (select ${asked})`,
      others: isOneWord ? [] : [likely, matches],
    },
    jobs,
    page,
  )
}
