import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"

/** The errors of one layer of compression. Offsets count bytes of the compressed data, from 0. */
export interface CompressionErrors {
  /** The data end before the format says so. */
  readonly truncated: (offset: number) => LoadError
  /** The data violate the format. */
  readonly corrupt: (offset: number, reason: string) => LoadError
  /** The data may be valid, but Sluice cannot decode them. */
  readonly unsupported: (problem: string, advice: string) => LoadError
  readonly outOfMemory: () => LoadError
}

/** @param endsWithConnection whether truncated data can mean a broken download that nothing else detects */
export const compressionErrors = (
  host: string,
  format: string,
  endsWithConnection: boolean,
): CompressionErrors => ({
  truncated: (offset) =>
    endsWithConnection
      ? loadError(
          "source_interrupted",
          `${host} closed the connection before the end of the ${format} data, after ${offset} bytes of them.`,
        )
      : loadError(
          "corrupt_compression",
          `The ${format} data at ${host} are truncated after ${offset} bytes. Upload the whole file again.`,
        ),
  corrupt: (offset, reason) =>
    loadError(
      "corrupt_compression",
      `The ${format} data at ${host} are corrupt near byte ${offset}: ${reason}. Compress the file again and upload it.`,
    ),
  unsupported: (problem, advice) =>
    loadError(
      "unsupported_compression",
      `The ${format} data at ${host} cannot be decompressed: ${problem}. ${advice}`,
    ),
  outOfMemory: () => loadError("internal_error", `Not enough memory to decompress ${format} data.`),
})
