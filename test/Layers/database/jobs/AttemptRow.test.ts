import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { AttemptRow, toAttempts } from "../../../../src/Layers/database/jobs/record/AttemptRow.ts"

const decode = Schema.decodeUnknownSync(AttemptRow)

const attempt = (endedAt: string, outcome: string) => ({
  attempt: 1,
  replica: 3,
  startedAt: "2020-05-18T08:03:03.000Z",
  endedAt,
  outcome,
  phases: [
    { phase: "waiting", seconds: 9 },
    { phase: "opening", seconds: 0.25 },
    { phase: "loading", seconds: 1.5 },
  ],
})

const phasesOf = (row: unknown) =>
  toAttempts([decode(row)], "completed").flatMap(({ phases }) => phases.map(({ phase }) => phase))

it("the commit of an attempt is what is left of its time", () => {
  const [shown] = toAttempts([decode(attempt("2020-05-18T08:03:05.000Z", "completed"))], "completed")
  assert.deepStrictEqual(shown?.phases.at(-1), { phase: "committing", seconds: 0.25 })
})

it("a commit that took no time, or of an attempt that has failed, is not listed", () => {
  const measured = ["waiting", "opening", "loading"]
  assert.deepStrictEqual(phasesOf(attempt("2020-05-18T08:03:04.760Z", "completed")), measured)
  assert.deepStrictEqual(phasesOf(attempt("2020-05-18T08:03:09.000Z", "failed")), measured)
})

it("a phase of a later version does not hide the job", () => {
  const row = {
    ...attempt("2020-05-18T08:03:04.000Z", "failed"),
    phases: [{ phase: "polishing", seconds: 1 }],
  }
  assert.deepStrictEqual(phasesOf(row), ["loading"])
})
