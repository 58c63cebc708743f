/** The `after` of the next page, from the header `Link` of a page of rows; `null` on the last one. */
export const nextAfter = (link: string | null | undefined): string | null =>
  new URLSearchParams(/\?([^>]*)>; rel="next"/.exec(link ?? "")?.[1]).get("after")
