import { assert, it } from "@effect/vitest"
import { withFlags } from "../../src/Cli/optionName.ts"

it.each([
  ["Give onBadRow=pad, or types=text.", "Give --on-bad-row pad, or --types text."],
  [
    "Load the file with header=true or header=false if it was read wrongly.",
    "Load the file with --header true or --header false if it was read wrongly.",
  ],
  ["give types=lenient, or a type in columns", "give --types lenient, or a type in columns"],
  ["maxBadRows=2.5% allows too few (delimiter=;).", "--max-bad-rows 2.5% allows too few (--delimiter ';')."],
  ["If omitted, `mode=replace` needs tableName.", "If omitted, `--mode replace` needs --table-name."],
  ["The option index cannot have these columns.", "The option --index cannot have these columns."],
  [
    'The column "tableName" of https://example.org/a?mode=append&types=x has no key.',
    'The column "tableName" of https://example.org/a?mode=append&types=x has no key.',
  ],
  [
    'all other values are: columns={"n":{"type":"bigint"}}?',
    `all other values are: --columns '{"n":{"type":"bigint"}}'?`,
  ],
  ["mytypes=x, and the key of a mode", "mytypes=x, and the key of a mode"],
  [
    "an object: a name, null, or {name, type, nullValues, skip}",
    "an object: a name, null, or {name, type, nullValues, skip}",
  ],
])("a message names options as flags: %s", (message, shown) => {
  assert.strictEqual(withFlags(message), shown)
})
