import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"

/** The errors of one layer of compression. Offsets count bytes of the compressed data, from 0. */
export interface CompressionErrors {
  /** The data end before the format says so. */
  readonly truncated: (offset: number) => LoadError
  /** The data violate the format. */
  readonly corrupt: (offset: number, reason: string) => LoadError
  /** Something other than padding follows the end of the data. */
  readonly excess: (offset: number) => LoadError
  /** The data do not start as the format does. */
  readonly foreign: () => LoadError
  /** The data may be valid, but Sluice cannot decode them. */
  readonly unsupported: (problem: string, advice: string) => LoadError
  readonly outOfMemory: () => LoadError
}

/**
 * @param declaredBy the header that declares the format; `null` if the first bytes show it
 * @param endsWithConnection whether truncated data can mean a broken download that nothing else detects
 */
export const compressionErrors = (
  host: string,
  format: string,
  declaredBy: "Content-Encoding" | null,
  endsWithConnection: boolean,
): CompressionErrors => {
  const corrupt = (problem: string) =>
    loadError(
      "corrupt_compression",
      declaredBy === null
        ? `The ${format} data at ${host} are corrupt ${problem}. Compress the file again and upload it.`
        : `${host} declares ${declaredBy}: ${format}, but its data are not valid ${problem}. ` +
            `The server must send what it declares, or leave out the header.`,
    )
  return {
    truncated: (offset) => {
      if (endsWithConnection) {
        return loadError(
          "source_interrupted",
          `${host} closed the connection before the end of the ${format} data, after ${offset} bytes of them.`,
        )
      }
      return declaredBy === null
        ? loadError(
            "corrupt_compression",
            `The ${format} data at ${host} are truncated after ${offset} bytes. Upload the whole file again.`,
          )
        : corrupt(`after ${offset} bytes: they are truncated`)
    },
    corrupt: (offset, reason) => corrupt(`near byte ${offset}: ${reason}`),
    excess: (offset) => corrupt(`near byte ${offset}: the compressed data end there, but more follows`),
    foreign: () => corrupt(`from the first byte on: they are not ${format} at all`),
    unsupported: (problem, advice) =>
      loadError(
        "unsupported_compression",
        `The ${format} data at ${host} cannot be decompressed: ${problem}. ${advice}`,
      ),
    outOfMemory: () => loadError("internal_error", `Not enough memory to decompress ${format} data.`),
  }
}
