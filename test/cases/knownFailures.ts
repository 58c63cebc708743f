/** Cases that are not read as expected, by kind. Each is asserted to fail, so that a fix removes it here. */
export const knownFailures: Readonly<Record<string, ReadonlyArray<string>>> = {
  "one-column": ["a comma in the header only"],
  preambles: ["seven quoted lines of definitions before the header, 1 record"],
  "short-headers": ["unquoted JSON in the last column"],
}
