import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { worstTexts } from "./eventLoop/worstTexts.ts"

/** Milliseconds of CPU time. */
const limit = 50

/** Texts of which the work grew faster than their size. */
const doubled = ["random bytes", "records in Thai", "backslash escapes", "many tables"]

const Turn = Schema.fromJsonString(
  Schema.Struct({ name: Schema.String, kibibytes: Schema.Finite, milliseconds: Schema.Finite }),
)

it("no text, of any size, holds the event loop for more than 50 ms at a time", async () => {
  // A process of its own, because the test runner rewrites modules, and hot loops take several times as long.
  const { stdout } = await promisify(execFile)(process.execPath, [
    "test/security/eventLoop/longestTurns.ts",
    "1024",
    "256,512,2048,4096",
    doubled.join(","),
  ])
  const turns = stdout
    .trim()
    .split("\n")
    .map((line) => Schema.decodeSync(Turn)(line))
  assert.lengthOf(turns, 2 * (Object.keys(worstTexts).length + 4 * doubled.length))
  assert.deepStrictEqual(
    turns.filter(({ milliseconds }) => milliseconds > limit),
    [],
  )
}, 180_000)
