import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"

/** Words for what is wrong with compressed data. Positions are bytes of the compressed data, from 0. */
export class Damage {
  readonly host: string
  /** Name of the format, for people. */
  readonly format: string
  readonly #mayBeCutOff: boolean

  /** @param mayBeCutOff whether an early end can be that of the download, which nothing else would tell */
  constructor(host: string, format: string, mayBeCutOff: boolean) {
    this.host = host
    this.format = format
    this.#mayBeCutOff = mayBeCutOff
  }

  /** The data ends before its format says so. */
  truncated(position: number): LoadError {
    return this.#mayBeCutOff
      ? loadError(
          "source_interrupted",
          `${this.host} broke off the download within the ${this.format} data, after ${position} bytes of it.`,
        )
      : loadError(
          "corrupt_compression",
          `The ${this.format} data at ${this.host} ends too early, after ${position} bytes: the file is cut off. Upload it again, whole.`,
        )
  }

  /** The data is not what its format asks for. */
  corrupt(position: number, what: string): LoadError {
    return loadError(
      "corrupt_compression",
      `The ${this.format} data at ${this.host} is damaged near its byte ${position}: ${what}. Compress the file again and upload it.`,
    )
  }

  /** The data is sound as far as one can see, but needs what Sluice does not have. */
  unsupported(what: string, advice: string): LoadError {
    return loadError(
      "unsupported_compression",
      `The ${this.format} data at ${this.host} ${what}, which cannot be read. ${advice}`,
    )
  }
}
