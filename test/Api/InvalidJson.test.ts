import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { form } from "../support/ApiHarness.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { assertRefused } from "../support/assertRefused.ts"

const invalid: ReadonlyArray<{ readonly name: string; readonly text: string; readonly problem: string }> = [
  { name: "columns", text: '{"a\tb":"c"}', problem: String.raw`the tab at character 4 must be written \t` },
  { name: "columns", text: '{"a":}', problem: '"}" at character 6 cannot be there' },
  { name: "primaryKey", text: '["a","b"', problem: "it ends too early, after character 8" },
  { name: "key", text: "[a]", problem: '"a" at character 2 cannot be there' },
  { name: "index", text: '[["a"],]', problem: '"]" at character 8 cannot be there' },
  { name: "nullValues", text: '["NA",]', problem: '"]" at character 7 cannot be there' },
]

it.effect.each(invalid)(
  "the invalid JSON $text in $name is refused with its place",
  ({ name, problem, text }) =>
    assertRefused({
      what: name,
      request: form(`fileUrl=http://localhost:8000/a.csv&${name}=${encodeURIComponent(text)}`),
      issues: [["body", name, `${name}: not valid JSON: ${problem}`]],
    }).pipe(Effect.provide(JobsMemory.layer)),
)
