/** Cases that are not read as expected, by kind. Each is asserted to fail, so that a fix removes it here. */
export const knownFailures: Readonly<Record<string, ReadonlyArray<string>>> = {
  comments: ["comments before the header, times, 3 rows that end with a delimiter"],
  delimiters: [
    "dates with commas between semicolons, some rows end with a semicolon",
    "dates with commas between semicolons, some rows lack their last cells",
    "dimensions with commas in the first of the columns between tabs, 3 records",
    "dimensions with commas in the first of two columns between tabs",
    "dimensions with commas in the first of the columns between tabs, 12 records",
    "a first line sep=^",
  ],
  "one-column": ["a comma in the header only"],
  preambles: [
    "lines of a key and a value before a wide header, 3 records and a total",
    "seven quoted lines of definitions before the header, 1 record",
  ],
  "short-headers": ["unquoted JSON in the last column"],
}
