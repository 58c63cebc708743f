import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Command, Flag } from "effect/cli"
import { nextAfter } from "../../../Domain/rows/nextAfter.ts"
import { readCsv } from "../../../Domain/rows/readCsv.ts"
import { usageError } from "../../CommandFailed.ts"
import { counted } from "../../output/formats.ts"
import { Screen } from "../../output/Screen.ts"
import { textTable } from "../../output/textTable.ts"
import { visible } from "../../output/visible.ts"
import { writeBytes } from "../../output/writeBytes.ts"
import { Json } from "../../server/ServerFlags.ts"
import { askRows, selectionFlags, selectionQuery, tableArgument } from "./selection.ts"

const formats = ["table", "csv", "ndjson", "json"] as const

/** Numbers keep all of their digits, because nothing is parsed except CSV. */
const written: Readonly<Record<(typeof formats)[number], (text: string) => string>> = {
  table: (csv) =>
    textTable(readCsv(csv).map((record) => record.map((value) => value ?? "")))
      .map((line) => `${visible(line)}\n`)
      .join(""),
  csv: (csv) => csv,
  ndjson: (lines) => lines,
  json: (lines) => `[${lines.trimEnd().replaceAll("\n", ",\n")}]\n`,
}

export const rows = Command.make(
  "rows",
  {
    table: tableArgument,
    ...selectionFlags,
    limit: Flag.Int("limit").pipe(
      Flag.withDescription("Most rows to write, up to 1,000. Default: 100"),
      Flag.optional,
      Flag.map(Option.getOrUndefined),
    ),
    after: Flag.String("after").pipe(
      Flag.withDescription(
        "Continue after these rows: the text that the previous page wrote to standard error",
      ),
      Flag.optional,
      Flag.map(Option.getOrUndefined),
    ),
    count: Flag.Literals("count", ["estimated", "exact"]).pipe(
      Flag.withDescription(
        "Say on standard error how many rows match: estimated by Postgres, or counted, which reads them",
      ),
      Flag.optional,
      Flag.map(Option.getOrUndefined),
    ),
    format: Flag.Literals("format", formats).pipe(
      Flag.withDescription("table, for people, is the default; the others are as the API returns them"),
      Flag.optional,
    ),
  },
  Effect.fnUntraced(function* ({ after, count, format, limit, table, ...selection }) {
    const isJson = yield* Json
    if (isJson && Option.isSome(format) && format.value !== "json")
      return yield* usageError(`--format ${format.value} and --json are two formats: give one of them`)
    const as = isJson ? "json" : Option.getOrElse(format, () => "table" as const)
    const query = {
      ...(yield* selectionQuery(selection)),
      format: as === "csv" || as === "table" ? "csv" : "ndjson",
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(after === undefined ? {} : { after }),
      ...(count === undefined ? {} : { count }),
    }
    const [body, { headers }] = yield* askRows((client) =>
      client.tables.rows({ params: { name: table }, query, responseMode: "decoded-and-response" }),
    )
    if (typeof body !== "string") return yield* Effect.die(new Error("rows in another format"))
    yield* writeBytes(Stream.make(written[as](body)))
    const screen = yield* Screen
    const total = headers["x-total-count"]
    if (total !== undefined)
      yield* screen.say(
        `${count === "estimated" ? "About " : ""}${counted(Number(total), "row")} match${total === "1" ? "es" : ""}`,
      )
    const next = nextAfter(headers["link"])
    if (next !== null)
      yield* screen.say(`There are more rows: add --after ${next}, or use sluice export for all of them`)
  }),
).pipe(
  Command.withDescription("Write rows of a table, a page at a time."),
  Command.withExamples([
    {
      command: "sluice rows trips --filter fare=gte.10 --order fare.desc --limit 5",
      description: "The five highest fares",
    },
    { command: "sluice rows trips --select city,fare --format csv", description: "As CSV" },
  ]),
)
