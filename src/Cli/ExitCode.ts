import * as Schema from "effect/Schema"

/** The exit codes of `sluice`, with their meanings. Part of its contract: new ones may be added, but none is ever changed. */
export const exitCodes = {
  done: { code: 0, meaning: "Done." },
  load_failed: { code: 1, meaning: "The job failed or was cancelled, or the file cannot be loaded." },
  usage: {
    code: 2,
    meaning: "The command, an argument or an option is wrong, such as a path that does not exist.",
  },
  not_found: { code: 3, meaning: "There is no such job, source or table." },
  unavailable: { code: 4, meaning: "The server cannot be reached, or cannot do this now. Try again later." },
  not_allowed: { code: 5, meaning: "The server needs an API key, or another one." },
  conflict: {
    code: 6,
    meaning:
      "The state of the job or the table does not allow this: the job has ended, or not yet, another one has the name or the table, or the table was loaded again after the previous page.",
  },
  io_failed: { code: 7, meaning: "A file or standard output cannot be read or written." },
  interrupted: { code: 130, meaning: "Interrupted with Ctrl-C." },
} as const

export const ExitName = Schema.Literals(Object.keys(exitCodes) as Array<keyof typeof exitCodes>)
export type ExitName = typeof ExitName.Type
