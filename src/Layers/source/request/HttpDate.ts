/** The three date formats of RFC 9110, 5.6.7; all of them are in UTC, though asctime's does not say so. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/

/** A date of a header, in milliseconds since the epoch; `null` when there is none or it is not understood. */
export const parseHttpDate = (header: string | undefined): number | null => {
  const value = header?.trim() ?? ""
  if (!httpDate.test(value)) return null
  const at = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`)
  return Number.isNaN(at) ? null : at
}
