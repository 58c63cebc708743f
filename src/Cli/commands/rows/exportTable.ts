import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Command, Flag } from "effect/cli"
import { usageError } from "../../CommandFailed.ts"
import { formatBytes } from "../../output/formats.ts"
import { Screen } from "../../output/Screen.ts"
import { writeBytes } from "../../output/writeBytes.ts"
import { Json } from "../../server/ServerFlags.ts"
import { askRows, selectionFlags, selectionQuery, tableArgument } from "./selection.ts"
import { writeFile } from "./writeFile.ts"

export const exportTable = Command.make(
  "export",
  {
    table: tableArgument,
    ...selectionFlags,
    format: Flag.Literals("format", ["csv", "ndjson"]).pipe(
      Flag.withDescription("CSV with a header row, or one JSON object per line"),
      Flag.withDefault("csv"),
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("<file>"),
      Flag.withDescription("The file to write, which appears when it is complete. Default: standard output"),
      Flag.optional,
    ),
  },
  Effect.fnUntraced(function* ({ format, output, table, ...selection }) {
    if (yield* Json)
      return yield* usageError("sluice export writes a file: give --format ndjson instead of --json")
    const query = { ...(yield* selectionQuery(selection)), format }
    const { body } = yield* askRows((client) => client.tables.export({ params: { name: table }, query }))
    if (Option.isNone(output) || output.value === "-") return yield* writeBytes(body)
    const screen = yield* Screen
    let written = 0
    const counted = Stream.tap(body, (chunk) => {
      written += chunk.byteLength
      return screen.progress(null, `exported ${formatBytes(written)}`)
    })
    yield* writeFile(output.value, counted)
    yield* screen.say(`Exported ${formatBytes(written)} to ${output.value}`)
  }),
).pipe(
  Command.withDescription("Write all rows of a table, or those that filters select, as one file."),
  Command.withExamples([
    { command: "sluice export trips -o trips.csv", description: "All rows" },
    {
      command: "sluice export trips --filter city=eq.Brno --format ndjson | jq .fare",
      description: "Some of them, for another program",
    },
  ]),
)
