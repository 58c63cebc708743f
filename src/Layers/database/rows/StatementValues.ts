/** A value that a caller has given, as a parameter of a statement. */
export interface StatementValue {
  /** The query parameter that it is from. */
  readonly field: string
  readonly value: string | ReadonlyArray<string>
  readonly type: string
}

/** Collects the values of a statement. */
export interface StatementValues {
  /** Adds a value and returns the SQL for it. */
  readonly add: (value: StatementValue) => string
  readonly all: ReadonlyArray<StatementValue>
}

/**
 * Values as the parameters `$1`, `$2`, … of a statement.
 *
 * @param before values that the statement has already
 */
export const makeParameters = (before: ReadonlyArray<StatementValue> = []): StatementValues => {
  const all = [...before]
  return { all, add: (value) => `$${all.push(value)}::${value.type}` }
}

/** The setting that has the value with this index. */
export const settingName = (index: number): string => `sluice.value_${index}`

/** Values as settings of the transaction, for COPY, which takes no parameters. */
export const makeSettings = (): StatementValues => {
  const all: Array<StatementValue> = []
  return {
    all,
    add: (value) => `current_setting('${settingName(all.push(value) - 1)}')::${value.type}`,
  }
}
