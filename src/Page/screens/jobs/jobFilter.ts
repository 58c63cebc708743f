/** The filters of the list, as `GET /jobs` names them. */
export const filterNames = [
  "text",
  "state",
  "table",
  "host",
  "sourceId",
  "createdAfter",
  "createdBefore",
] as const
export type FilterName = (typeof filterNames)[number]

/** What the page's query selects, for a request. */
export const filterIn = (query: URLSearchParams): URLSearchParams =>
  new URLSearchParams(
    [...filterNames, "after"].flatMap((name) => query.getAll(name).map((value) => [name, value])),
  )

/** The filters that a stream of changes has, too. */
export const eventFilterIn = (filter: URLSearchParams): URLSearchParams => {
  const query = new URLSearchParams(filter)
  for (const name of ["text", "after"]) query.delete(name)
  return query
}

/** The query with another value of a filter; it begins at the first page again. */
export const withFilter = (query: URLSearchParams, name: FilterName, value: string): URLSearchParams => {
  const next = filterIn(query)
  next.delete("after")
  if (value === "") next.delete(name)
  else next.set(name, value)
  return next
}

/** The query of the page that begins after a place; `null`: of the first one. */
export const withPlace = (query: URLSearchParams, after: string | null): URLSearchParams => {
  const next = filterIn(query)
  if (after === null) next.delete("after")
  else next.set("after", after)
  return next
}

/** A time for a field of type `datetime-local`, which has no time zone; empty if it is none. */
export const toLocalTime = (time: string): string => {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return ""
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

/** The time in a field of type `datetime-local`, for a request. */
export const fromLocalTime = (local: string): string => (local === "" ? "" : new Date(local).toISOString())
