import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { exampleJob } from "../../../../src/Api/contract/JobResource.ts"
import { chooseJobs } from "../../../../src/Domain/job/list/chooseJobs.ts"
import { JobSummary } from "../../../../src/Domain/job/list/JobSummary.ts"

const job = Schema.decodeSync(Schema.toCodecJson(JobSummary))(exampleJob)
const of = (fileUrls: ReadonlyArray<string>): JobSummary => ({ ...job, fileUrls })

it("a stream without a filter has every job", () => {
  assert.isTrue(chooseJobs({})(job))
})

it("all filters must match", () => {
  const { createdAt, table } = job
  assert.isTrue(chooseJobs({ table, createdAfter: createdAt })(job))
  assert.isFalse(chooseJobs({ table, createdBefore: createdAt })(job))
  assert.isFalse(chooseJobs({ table: "other" })(job))
  assert.isFalse(chooseJobs({ createdAfter: DateTime.add(createdAt, { seconds: 1 }) })(job))
})

it("a host is that of any file, with any port", () => {
  const choose = chooseJobs({ host: "Example.org" })
  assert.isTrue(choose(of(["http://localhost/a.csv", "https://example.org:8443/b.csv"])))
  assert.isFalse(choose(of(["http://localhost/example.org.csv", "upload:a.csv"])))
})

it("a job that leaves the state is chosen once more", () => {
  const choose = chooseJobs({ state: "active" })
  const states = [
    "created",
    "active",
    "active",
    "retry",
    "retry",
    "active",
    "completed",
    "completed",
  ] as const
  assert.deepStrictEqual(
    states.map((state) => choose({ ...job, state })),
    [false, true, true, true, false, true, true, false],
  )
  // A client that was away may have it as it was before.
  assert.isTrue(chooseJobs({ state: "active" })({ ...job, state: "completed" }, true))
})
