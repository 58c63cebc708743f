import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { exitCodes, ExitName } from "./ExitCode.ts"

/** A command that ends with an exit code other than 0. The message is for people, and goes to standard error. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String,
  exit: ExitName,
  /** The problem that the API returned, for `--json`. Without it the document has the exit's name as its code. */
  problem: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  /** Standard output has the command's result already. */
  hasResult: Schema.optionalKey(Schema.Boolean),
}) {
  override get [Runtime.errorExitCode](): number {
    return exitCodes[this.exit].code
  }
}

export const usageError = (message: string): CommandFailed => new CommandFailed({ message, exit: "usage" })
