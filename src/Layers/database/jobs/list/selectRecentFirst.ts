/** The jobs of one owner, or of the one with most, among which frequent matches are looked for by reading them. */
const recentJobs = { ofOne: 4000, ofEach: 1000 }

/** SQL of the jobs of an owner, or of all. */
export interface OwnedJobs {
  /** The jobs that are selected of the owner, or of each owner. Only the jobs of one owner are in the order of an index. */
  readonly each: (select: (isOwned: string) => string) => string
  readonly isOwned: string
  readonly isOfOne: boolean
}

/** SQL of a page. */
export interface PageOfJobs {
  /** The conditions on the time. */
  readonly times: ReadonlyArray<string>
  readonly most: string
  readonly newestFirst: string
}

/** SQL of a condition whose index is not in the order of the list. */
interface UnorderedSearch {
  /** True of all matching jobs, and of few others. */
  readonly likely: string
  /** Columns that `matches` needs. */
  readonly columns: string
  /** Whether a likely job matches. */
  readonly matches: string
  /** The condition for the index. */
  readonly indexed: string
  /** Whether a job of the index matches. */
  readonly others: ReadonlyArray<string>
}

/**
 * The newest jobs that match. The newest of all jobs have frequent matches often enough, and reading them costs less than all places
 * in the index. The index has the others.
 *
 * Of several owners, only jobs are read that were created after the last one that is read of the owner with most: before it, some are
 * missing.
 */
export const selectRecentFirst = (
  { columns, indexed, likely, matches, others }: UnorderedSearch,
  jobs: OwnedJobs,
  { most, newestFirst, times }: PageOfJobs,
): string => {
  const where = (...some: ReadonlyArray<string>): string => [...some, ...times].join(" and ")
  const last = jobs.each(
    (isOwned) => `
      select created_at from sluice.job where ${where(isOwned)} ${newestFirst}
      offset ${jobs.isOfOne ? recentJobs.ofOne : recentJobs.ofEach} limit 1`,
  )
  // Some of them may not match.
  const likelyOnes = jobs.each(
    (isOwned) => `
      select id, created_at, ${columns} from sluice.job
      where ${where(isOwned, likely)} and created_at > (select since from oldest) ${newestFirst} limit 2 * ${most}`,
  )
  return `
    with oldest as materialized (
      select coalesce(max(created_at), '-infinity') as since from (${last}) as job
    ), likely as materialized (
      select * from (${likelyOnes}) as job ${newestFirst} limit 2 * ${most}
    ), recent as materialized (
      select id from (select * from likely ${newestFirst} offset 0) as job where ${matches} limit ${most}
    ), answer as materialized (
      select (select count(*) from recent) = ${most}
        or (select since from oldest) = '-infinity' and (select count(*) from likely) < 2 * ${most} as is_whole
    )
    select job.* from recent join sluice.job using (id) where (select is_whole from answer)
    union all
    (
      select job.* from (select * from sluice.job where ${indexed} offset 0) as job
      where ${where(jobs.isOwned, ...others)} and not (select is_whole from answer) ${newestFirst} limit ${most}
    )`
}
