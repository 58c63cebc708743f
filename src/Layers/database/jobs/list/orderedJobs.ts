/** SQL of all owners, found one by one in the index, so the cost depends on their number and not on that of their jobs. */
export const allOwners = `
  with recursive found (owner) as (
    (select owner from sluice.job order by owner limit 1)
    union all
    select (select job.owner from sluice.job where job.owner > found.owner order by job.owner limit 1)
    from found where owner is not null
  )
  select owner from found where owner is not null`

/** A part of the list. */
export interface PageOfJobs {
  /** SQL of the only owner; `null`: all owners. */
  readonly owner: string | null
  /** The conditions on the time, for these columns. */
  readonly times: (createdAt: string, id: string) => ReadonlyArray<string>
  /** SQL of the number of jobs. */
  readonly most: string
}

/** Jobs of one owner that an index has in the order of the list. */
export interface OrderedJobs {
  /** SQL of their places, `created_at` and `id`, after the conditions of the page. */
  readonly places: (owner: string, page: PageOfJobs) => string
  /** SQL of the jobs that were created at a time or later. */
  readonly jobs: (owner: string, page: PageOfJobs, since?: string) => string
}

const ordered = (
  from: { readonly places: string; readonly jobs: string; readonly createdAt: string; readonly id: string },
  conditionsOf: (owner: string) => ReadonlyArray<string>,
): OrderedJobs => {
  const { createdAt, id } = from
  const rest = (owner: string, { times }: PageOfJobs, since = "'-infinity'"): string => `
    where ${[...conditionsOf(owner), ...times(createdAt, id), `${createdAt} >= ${since}`].join(" and ")} order by ${createdAt} desc, ${id} desc`
  return {
    places: (owner, page) =>
      `select ${createdAt} as created_at, ${id} as id from ${from.places} ${rest(owner, page)}`,
    jobs: (owner, page, since) => `select job.* from ${from.jobs} ${rest(owner, page, since)}`,
  }
}

/** The jobs with this condition, which an index fulfils. */
export const jobsWith = (condition: string): OrderedJobs =>
  ordered(
    { places: "sluice.job", jobs: "sluice.job", createdAt: "job.created_at", id: "job.id" },
    (owner) => [`job.owner = ${owner}`, condition],
  )

/** The jobs with a file of a host that is not their first file. */
export const jobsWithOtherHost = (host: string): OrderedJobs =>
  ordered(
    {
      places: "sluice.job_other_host as other",
      jobs: "sluice.job_other_host as other cross join lateral (select * from sluice.job where id = other.job_id offset 0) as job",
      createdAt: "other.created_at",
      id: "other.job_id",
    },
    (owner) => [`other.owner = ${owner}`, `other.host = ${host}`],
  )

export const newestFirst = "order by created_at desc, id desc"

/** SQL of what is selected of the jobs of the owner, or of each owner. Only those of one owner are in order. */
export const ofOwners = ({ owner }: Pick<PageOfJobs, "owner">, select: (owner: string) => string): string =>
  owner === null
    ? `select job.* from (${allOwners}) as owners cross join lateral (${select("owners.owner")}) as job`
    : select(owner)

/** SQL of several selections together. */
export const together = (selections: ReadonlyArray<string>): string =>
  selections.map((selection) => `(${selection})`).join(" union all ")
