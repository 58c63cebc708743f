import { argv, exit, stderr } from "node:process"
import { parseArgs, type ParseArgsOptionsConfig } from "node:util"

/** Ends the script with the message and how it is used. */
export const stopWith =
  (usage: string) =>
  (message: string): never => {
    stderr.write(`${message}\nusage: ${usage}\n`)
    return exit(1)
  }

/** The options of the command line, or the end of the script with what is wrong and how it is used. */
export const readOptions = <const O extends ParseArgsOptionsConfig>(options: O, usage: string) => {
  try {
    return parseArgs({ args: argv.slice(2), options }).values
  } catch (error) {
    return stopWith(usage)(error instanceof Error ? error.message : String(error))
  }
}
