/** The quality value of a media type in an Accept header (RFC 9110 §12.5.1). Wildcards are ignored. */
export const qualityOf = (accept: string, type: string): number => {
  for (const range of accept.toLowerCase().split(",")) {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim())
    if (name !== type) continue
    const quality = parameters.find((parameter) => parameter.startsWith("q="))
    return quality === undefined ? 1 : Number(quality.slice(2)) || 0
  }
  return 0
}

/** Whether this Accept header prefers CSV to JSON. */
export const prefersCsv = (accept: string | undefined): boolean =>
  accept !== undefined && qualityOf(accept, "text/csv") > qualityOf(accept, "application/json")
