/** Options in one line, as messages of the service write them: `types=infer, nullValues=["NA"]`. */
export const optionList = (
  options: Readonly<Record<string, unknown>>,
  leftOut: ReadonlyArray<string> = [],
): string =>
  Object.entries(options)
    .filter(([name]) => !leftOut.includes(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ")
