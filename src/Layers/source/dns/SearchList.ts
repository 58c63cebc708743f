/** How relative names are completed: `search` and `ndots` of resolv.conf(5). */
export interface SearchList {
  /** Domains that are appended to a relative name, in order. */
  readonly domains: ReadonlyArray<string>
  /** A name with at least this many dots is tried unchanged first. */
  readonly ndots: number
}

/** As in glibc, the last `search` or `domain` line counts, and `ndots` is 1 by default and at most 15. */
export const parse = (resolvConf: string): SearchList => {
  let domains: ReadonlyArray<string> = []
  let ndots = 1
  for (const line of resolvConf.split("\n")) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/)
    if (keyword === "search" || keyword === "domain") {
      // `search .` is an empty list.
      domains = values.map((domain) => domain.replace(/\.$/, "")).filter((domain) => domain !== "")
    }
    if (keyword === "options") {
      for (const value of values) {
        const match = /^ndots:(\d+)$/.exec(value)
        if (match !== null) ndots = Math.min(Number(match[1]), 15)
      }
    }
  }
  return { domains, ndots }
}

/** The absolute names to query for a host name, in order. A name with a trailing dot is absolute already. */
export const candidates = (list: SearchList, host: string): ReadonlyArray<string> => {
  if (host.endsWith(".")) return [host.slice(0, -1)]
  const completed = list.domains.map((domain) => `${host}.${domain}`)
  const dots = host.split(".").length - 1
  return dots >= list.ndots ? [host, ...completed] : [...completed, host]
}
