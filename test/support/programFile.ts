import { join } from "node:path"

/** Programs that tests start. */
export const programs = ["src/Api/main.ts", "src/Worker/main.ts", "src/main.ts", "src/Cli/main.ts"] as const

export type Program = (typeof programs)[number]

/** The file that starts a program: its bundle, if this run has made one, else its source. */
export const programFile = (program: Program): string => {
  const { BUNDLED_PROGRAMS: folder } = process.env
  return folder === undefined ? program : join(folder, `${program}.mjs`)
}
