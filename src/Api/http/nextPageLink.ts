/** A `Link` header for the same request with the place after which its next page begins. */
export const nextPageLink = (requestUrl: string, after: string): string => {
  const { pathname, searchParams } = new URL(requestUrl, "http://localhost")
  searchParams.set("after", after)
  return `<${pathname}?${searchParams}>; rel="next"`
}
