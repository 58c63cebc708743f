import { lowerText, searchedColumns, words } from "./searchedColumns.ts"

/** The beginnings of shorter words are those of very many words, all of which Postgres would look up. */
const shortestBeginning = 3

/** The jobs of one owner, or of the one with most, among which frequent words are looked for by reading them. */
const recentJobs = { ofOne: 4000, ofEach: 1000 }
/** The jobs in which the frequencies of words are compared. */
const sampleSize = 300

type Given = (value: unknown, type: string) => string

/** SQL of the jobs of an owner, or of all. */
export interface OwnedJobs {
  /** The jobs that are selected of the owner, or of each owner. Only the jobs of one owner are in the order of an index. */
  readonly each: (select: (isOwned: string) => string) => string
  readonly isOwned: string
  readonly isOfOne: boolean
}

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

/**
 * The newest jobs with the words, without other filters than times. The newest of all jobs have frequent words often enough, and reading them costs less than all places
 * of such words in the index. The index has the others. It is asked for the rarest word only, because it collects all places of each
 * word first.
 *
 * Of several owners, only jobs are read that were created after the last one that is read of the owner with most: before it, some are
 * missing.
 */
export const selectByWords = (
  { isOneWord, matches, query, rarest, ...search }: WordsSearch,
  jobs: OwnedJobs,
  {
    most,
    newestFirst,
    times,
  }: {
    /** The conditions on the time. */
    readonly times: ReadonlyArray<string>
    readonly most: string
    readonly newestFirst: string
  },
): string => {
  const contains = search.contains()
  const where = (...some: ReadonlyArray<string>): string => [...some, ...times].join(" and ")
  const columns = `id, created_at, ${searchedColumns}`
  const newestOf = (isOwned: string, of = columns): string =>
    `select ${of} from sluice.job where ${where(isOwned)} ${newestFirst}`
  const last = jobs.each(
    (isOwned) =>
      `${newestOf(isOwned, "created_at")} offset ${jobs.isOfOne ? recentJobs.ofOne : recentJobs.ofEach} limit 1`,
  )
  // Some of them may not match.
  const likely = jobs.each(
    (isOwned) => `
      select ${columns} from sluice.job
      where ${where(isOwned, contains)} and created_at > (select since from oldest) ${newestFirst} limit 2 * ${most}`,
  )
  const sample = jobs.each((isOwned) => `${newestOf(isOwned)} limit ${sampleSize}`)
  // A query that the planner does not know: whatever it would expect, this part is for words that few jobs have.
  const asked = isOneWord ? query : rarest(`select * from (${sample}) as job limit ${sampleSize}`)
  const others = isOneWord ? [] : [contains, matches]
  return `
    with oldest as materialized (
      select coalesce(max(created_at), '-infinity') as since from (${last}) as job
    ), likely as materialized (
      select * from (${likely}) as job ${newestFirst} limit 2 * ${most}
    ), recent as materialized (
      select id from (select * from likely ${newestFirst} offset 0) as job where ${matches} limit ${most}
    ), answer as materialized (
      select (select count(*) from recent) = ${most}
        or (select since from oldest) = '-infinity' and (select count(*) from likely) < 2 * ${most} as is_whole
    )
    select job.* from recent join sluice.job using (id) where (select is_whole from answer)
    union all
    (
      select job.* from (select * from sluice.job where ${words} @@ (select ${asked}) offset 0) as job
      where ${where(jobs.isOwned, ...others)} and not (select is_whole from answer) ${newestFirst} limit ${most}
    )`
}
