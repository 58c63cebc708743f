/** The part of `resolv.conf` that says how relative names are completed (resolv.conf(5)). */
export interface SearchList {
  /** Domains that are appended to a relative name, in order. */
  readonly domains: ReadonlyArray<string>
  /** A name with at least this many dots is first tried as it is. */
  readonly ndots: number
}

/** Like glibc: the last `search` or `domain` line counts, `ndots` is 1 by default and at most 15. */
export const parse = (resolvConf: string): SearchList => {
  let domains: ReadonlyArray<string> = []
  let ndots = 1
  for (const line of resolvConf.split("\n")) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/)
    if (keyword === "search" || keyword === "domain") {
      // `search .` stands for an empty list.
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

/** The absolute names to query for a host name, in order. A name with a root dot is absolute already. */
export const candidates = (list: SearchList, host: string): ReadonlyArray<string> => {
  if (host.endsWith(".")) return [host.slice(0, -1)]
  const completed = list.domains.map((domain) => `${host}.${domain}`)
  const dots = host.split(".").length - 1
  return dots >= list.ndots ? [host, ...completed] : [...completed, host]
}
