/** Postgres's names of types, as tables have them. */
export const isNumberType = (type: string): boolean =>
  /^(?:smallint|integer|bigint|real|double precision|numeric.*)$/.test(type)

/** Types whose values the service does not compare as more or less. */
export const isTextType = (type: string): boolean => /^(?:text|citext|character.*)$/.test(type)

/** Dates, times of a day, and both. */
export const isTimeType = (type: string): boolean => /^(?:date$|time)/.test(type)
