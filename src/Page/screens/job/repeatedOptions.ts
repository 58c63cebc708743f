import type { Job } from "../../client/jobs.ts"

/** The options of the job for another one: the name of a new table is taken by now. */
export const repeatedOptions = ({ mode, options }: Job): Job["options"] => {
  const { tableName, ...others } = options
  return mode === "create" || tableName === undefined ? others : options
}
