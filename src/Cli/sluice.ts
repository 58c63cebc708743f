import packageJson from "../../package.json" with { type: "json" }
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { CliConfig, CliOutput, Command, GlobalFlag } from "effect/cli"
import { usageError } from "./CommandFailed.ts"
import { cancel } from "./commands/cancel.ts"
import { jobs } from "./commands/jobs.ts"
import { load } from "./commands/load.ts"
import { preview } from "./commands/preview.ts"
import { rejects } from "./commands/rejects.ts"
import { exportTable } from "./commands/rows/exportTable.ts"
import { rows } from "./commands/rows/rows.ts"
import { source } from "./commands/source/source.ts"
import { status } from "./commands/status.ts"
import { tables } from "./commands/tables.ts"
import { watch } from "./commands/watch.ts"
import { exitCodes } from "./ExitCode.ts"
import { writeFailure } from "./output/failureDocument.ts"
import { visible } from "./output/visible.ts"
import { ApiKey, Database, Json, ServerUrl } from "./server/ServerFlags.ts"

const exits = Object.values(exitCodes).map(({ code, meaning }) => `${String(code).padStart(3)}  ${meaning}`)

/** The command line: data goes to standard output, everything else to standard error. */
const sluice = Command.make("sluice").pipe(
  Command.withDescription(`Load CSV files into Postgres tables.\n\nExit codes:\n${exits.join("\n")}`),
  Command.withSubcommands([
    load,
    preview,
    status,
    watch,
    jobs,
    cancel,
    rejects,
    tables,
    rows,
    exportTable,
    source,
  ]),
  Command.withGlobalFlags([ServerUrl, ApiKey, Database, Json]),
)

/** Of a wrong command line, only what is wrong: a screen of help would hide it, and is not data. */
const presenter: CliOutput.Presenter = {
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Console.error(
          [
            ...event.errors.map(({ message }) => `sluice: ${message}`),
            `Help: ${event.commandPath.join(" ")} --help`,
          ].join("\n"),
        )
      : CliOutput.defaultPresenter.present(event),
}

/** Runs the command line of this process. Its error has the exit code. */
export const run = Command.run(sluice, { version: packageJson.version }).pipe(
  Effect.provide(
    Context.make(CliOutput.Presenter, presenter).pipe(
      Context.add(
        CliConfig.CliConfig,
        CliConfig.make({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
      ),
    ),
  ),
  Effect.tapError((error) =>
    error._tag === "ShowHelp" ? Effect.void : Console.error(`sluice: ${visible(error.message)}`),
  ),
  Effect.catchTag("ShowHelp", ({ errors }) =>
    errors.length === 0 ? Effect.void : usageError(errors.map(({ message }) => message).join("\n")),
  ),
  Effect.tapError((error) => (error._tag === "CommandFailed" ? writeFailure(error) : Effect.void)),
  Effect.onInterrupt(() => writeFailure({ exit: "interrupted", message: exitCodes.interrupted.meaning })),
)
