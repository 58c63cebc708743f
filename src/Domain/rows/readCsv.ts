/** A field in quotes or without, and what ends it. */
const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))(,|\n|$)/y

/**
 * Reads CSV as the service writes it: separated by commas, lines end in LF. A field without quotes that is empty is `null`, one
 * with quotes is an empty text.
 */
export const readCsv = (text: string): ReadonlyArray<ReadonlyArray<string | null>> => {
  const records: Array<Array<string | null>> = []
  let record: Array<string | null> = []
  field.lastIndex = 0
  while (field.lastIndex < text.length || record.length > 0) {
    const [match, quoted, plain = "", end] = field.exec(text) ?? []
    if (match === undefined) throw new Error("the response is not CSV as the service writes it")
    record.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'))
    if (end === ",") continue
    records.push(record)
    record = []
  }
  return records
}
