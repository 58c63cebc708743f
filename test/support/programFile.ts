import { join } from "node:path"
import { bundleOf, type Program, programs } from "../../scripts/programs/programs.ts"

/** The folder that has the bundles of this run below it, if the run has made them. */
export const bundlesOfRun = (): string | undefined => {
  const { BUNDLED_PROGRAMS: folder } = process.env
  return folder
}

/** The file that starts a program: its bundle below the folder, else its source. */
export const programFile = (program: Program, folder = bundlesOfRun()): string =>
  folder === undefined ? programs[program] : join(folder, bundleOf(program))
