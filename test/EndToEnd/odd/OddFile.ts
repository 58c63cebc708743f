type Cell = string | null
type Options = Readonly<Record<string, unknown>>

/** A file as somebody might publish it, and what must become of it. */
export interface OddFile {
  readonly name: string
  readonly body: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
  readonly options?: Options
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
  /** Records that are set aside, by reason; left out: none. */
  readonly rejects?: Readonly<Record<string, number>>
  readonly repairs?: Readonly<Record<string, number>>
  /** Where told, what the job says of the file. */
  readonly encoding?: string
  readonly dialect?: Readonly<Record<string, unknown>>
}
