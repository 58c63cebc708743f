import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { exitCodes, ExitName } from "./ExitCode.ts"

/** A command that ends with an exit code other than 0. The message is for people, and goes to standard error. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String,
  exit: ExitName,
}) {
  override get [Runtime.errorExitCode](): number {
    return exitCodes[this.exit].code
  }
}

export const usageError = (message: string): CommandFailed => new CommandFailed({ message, exit: "usage" })
