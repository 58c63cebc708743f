type Cell = string | null
type Options = Readonly<Record<string, unknown>>

/** A file as it might be published, and the expected result of its load. The name completes "a file with …". */
export interface UnusualFile {
  readonly name: string
  readonly body: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
  readonly options?: Options
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
  /** Number of rejects by reason. None by default. */
  readonly rejects?: Readonly<Record<string, number>>
  readonly repairs?: Readonly<Record<string, number>>
  /** The expected `encoding` and `dialect` of the job, if they are checked. */
  readonly encoding?: string
  readonly dialect?: Readonly<Record<string, unknown>>
}
