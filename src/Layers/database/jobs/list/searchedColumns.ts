/** SQL expressions over `sluice.job`, exactly as in its indexes: otherwise a search would read the whole table. */

/** The host of the file's URL; null of an upload. An index cannot hold a text of any length. */
export const host =
  "left(substring(lower(shown_url) from '^https?://(?:[^/?#]*@)?(\\[[^]]*\\]|[^:/?#]*)'), 255)"

/** The table's name and the URLs. */
const text = "table_name || ' ' || shown_url || coalesce(' ' || other_words, '')"

/** Their words. */
export const words = `to_tsvector('simple', translate(${text}, '!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~', repeat(' ', 32)))`

/** The columns of the searched text. */
export const searchedColumns = "table_name, shown_url, other_words"

/** The text in lower case, which no index has. Its parts have different collations. */
export const lowerText = `lower((${text}) collate "default")`
