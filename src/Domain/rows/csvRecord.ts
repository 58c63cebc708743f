const cellText = (value: string | null): string => {
  if (value === null) return ""
  return value === "" || value === String.raw`\.` || /[",\r\n]/.test(value)
    ? `"${value.replaceAll('"', '""')}"`
    : value
}

/** A record of CSV as `COPY … (format csv)` writes it, without its line end: null is empty, and an empty text is `""`. */
export const csvRecord = (values: ReadonlyArray<string | null>): string => values.map(cellText).join(",")
