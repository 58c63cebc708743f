/** SQL expressions over `sluice.job`, exactly as in its indexes: otherwise a search would read the whole table. */

/** The host of the file's URL; null of an upload. An index cannot hold a text of any length. */
export const host =
  "left(substring(lower(shown_url) from '^https?://(?:[^/?#]*@)?(\\[[^]]*\\]|[^:/?#]*)'), 255)"

/** The words in the table's name and the URLs. */
export const words =
  "to_tsvector('simple', translate(table_name || ' ' || shown_url || coalesce(' ' || other_words, ''), '!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 32)))"
