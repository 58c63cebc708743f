import { qualityOf } from "./prefersCsv.ts"

/** The compression that an Accept-Encoding header prefers and names; null if it names none of these. */
export const preferredCoding = (acceptEncoding: string | undefined): "gzip" | "zstd" | null => {
  const quality = (coding: string) => qualityOf(acceptEncoding ?? "", coding)
  const best = quality("zstd") >= quality("gzip") ? "zstd" : "gzip"
  return quality(best) > 0 ? best : null
}
