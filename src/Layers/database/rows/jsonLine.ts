/**
 * SQL of a row as JSON on one line. A value of type json is written as it was stored, with its line ends, which can only stand between
 * its tokens: in strings they are escaped.
 *
 * @param row the alias of a subquery. A column may have the same name, so the row is written with a star
 */
export const jsonLine = (row: string): string =>
  `replace(replace(row_to_json(${row}.*)::text, e'\\n', ' '), e'\\r', ' ')`
