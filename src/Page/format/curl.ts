/** A text as one word of a shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The start of a `curl` command. The key itself does not get into the command, which others may see. */
export const curlWith = (hasKey: boolean): string =>
  hasKey ? `curl -H "authorization: Bearer $SLUICE_API_KEY"` : "curl"
