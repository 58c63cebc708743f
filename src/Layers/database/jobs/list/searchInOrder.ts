import { newestFirst, type OrderedJobs, ofOwners, type PageOfJobs, together } from "./orderedJobs.ts"
import { searchedColumns } from "./searchedColumns.ts"
import type { WordsSearch } from "./wordsSearch.ts"

/** All columns of a job that conditions are about. */
const columns = `id, created_at, source_id, final_state, target, ${searchedColumns}`

/** Jobs that are examined for a page: of the only owner, or of each one. */
const examined = { ofOne: 1500, ofEach: 300 }

/** The most jobs with the rarest of the words among which the others are looked for. */
const mostOfWord = 8000

const beginning = "'-infinity'::timestamptz, '00000000-0000-0000-0000-000000000000'::uuid"

/**
 * SQL of the queries `chosen` (the ids of a page's jobs) and `reached` (the place down to which all that match are among them; null if
 * all are), for jobs that must fulfil conditions which are not those of the index that orders them.
 *
 * Only a limited number of the newest jobs is examined, so the cost depends on neither the number of jobs nor that of the matching
 * ones. If they do not fill the page, the jobs with a rare word are examined, all of them.
 *
 * @param sources have all matching jobs, each in one of them
 * @param isInSources the condition that holds for their jobs
 * @param tests the other conditions of a job
 */
export const searchInOrder = (
  sources: ReadonlyArray<OrderedJobs>,
  isInSources: string,
  tests: ReadonlyArray<string>,
  words: WordsSearch | null,
  page: PageOfJobs,
): string => {
  const { most, times } = page
  const last = (page.owner === null ? examined.ofEach : examined.ofOne) - 1
  const all = ["true", ...tests, ...(words === null ? [] : [words.isLikely])].join(" and ")
  // Some of them may not match.
  const mostLikely = words === null ? most : `2 * ${most}`
  const far = sources.map((source) =>
    ofOwners(page, (owner) => `${source.places(owner, page)} offset ${last} limit 1`),
  )
  const afterFar = "(created_at, id) >= (select created_at, id from far)"
  const likely = sources.map((source) =>
    ofOwners(
      page,
      (owner) => `
        select ${columns} from (${source.jobs(owner, page, "(select created_at from far)")} offset 0) as job
        where ${all} and ${afterFar} limit ${mostLikely}`,
    ),
  )
  const inWindow = `
    far as materialized (
      select created_at, id from (${together([...far, `select ${beginning}`])}) as place (created_at, id) ${newestFirst} limit 1
    ), likely as materialized (
      select ${columns} from (${together(likely)}) as job ${newestFirst} limit ${mostLikely}
    )`
  const reached = "select nullif(created_at, '-infinity') as created_at, id from far"
  if (words === null) return `${inWindow}, chosen as (select id from likely), reached as (${reached})`
  const isOwned = page.owner === null ? "true" : `owner = ${page.owner}`
  return `${inWindow}, matching as materialized (
      select id from (select * from likely ${newestFirst} offset 0) as job where ${words.matches} limit ${most}
    ), seen as materialized (
      select is_cut, (select count(*) from matching) = ${most} or far.created_at = '-infinity' and not is_cut as is_enough
      from far cross join (select count(*) = ${mostLikely} as is_cut from likely) as counted
    ), rarest as materialized (
      select (${words.rarest}) as query where not (select is_enough from seen)
    ), with_rarest as materialized (
      select ${columns}, owner from sluice.job where ${words.isFound("select query from rarest")} limit ${mostOfWord} + 1
    ), answer as materialized (
      select is_cut, not is_enough and (select query from rarest) is not null
        and (select count(*) from with_rarest) <= ${mostOfWord} as is_by_word
      from seen
    ), chosen as (
      select id from matching where not (select is_by_word from answer)
      union all
      (
        select id from (
          select * from with_rarest as job
          where (select is_by_word from answer) and ${[isOwned, isInSources, ...times("created_at", "id"), all].join(" and ")}
          ${newestFirst} offset 0
        ) as job where ${words.matches} limit ${most}
      )
    ), reached as (
      (select created_at, id from likely where (select is_cut and not is_by_word from answer) order by created_at, id limit 1)
      union all
      select case when not (select is_by_word from answer) then nullif(created_at, '-infinity') end, id
      from far where (select not is_cut or is_by_word from answer)
    )`
}
