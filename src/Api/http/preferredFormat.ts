import { qualityOf } from "./prefersCsv.ts"

const types = { json: "application/json", csv: "text/csv", ndjson: "application/x-ndjson" } as const

/** The format of rows that an Accept header prefers; JSON if it prefers none. */
export const preferredFormat = (accept: string | undefined): keyof typeof types => {
  const quality = (format: keyof typeof types) => qualityOf(accept ?? "", types[format])
  const best = quality("csv") >= quality("ndjson") ? "csv" : "ndjson"
  return quality(best) > quality("json") ? best : "json"
}
