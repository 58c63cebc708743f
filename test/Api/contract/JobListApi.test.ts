import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { JobId } from "../../../src/Domain/job/Job.ts"
import { TargetUnknown } from "../../../src/Domain/load/columns/target/Targets.ts"
import { JobList, SourceUnknown } from "../../../src/Domain/job/list/JobList.ts"
import { serveInMemory } from "../../support/ApiHarness.ts"
import { assertRefused, type RefusedRequest } from "../../support/assertRefused.ts"
import { SourceId } from "../../../src/Domain/job/SourceId.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"

const jobId = JobId.make("0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e")
const sourceId = SourceId.make("0198f2a1-0b7e-4c35-8d4e-9d0e6f2a7c11")

const refused: ReadonlyArray<RefusedRequest> = [
  { what: "a limit of 0", path: "/jobs?limit=0", issues: [["query", "limit", "from 1 to 1000"]] },
  { what: "an after that is no place", path: "/jobs?after=b", issues: [["query", "after", "the `next`"]] },
  { what: "an unknown field", path: "/jobs?status=failed", issues: [["query", "status", "known are state"]] },
  {
    what: "a state that does not exist",
    path: "/jobs?state=done",
    issues: [["query", "state", "completed"]],
  },
  { what: "two states", path: "/jobs?state=failed&state=retry", issues: [["query", "state", "given once"]] },
  {
    what: "a text without words",
    path: "/jobs?text=%2F",
    issues: [["query", "text", "one to eight words"]],
  },
  {
    what: "a text with nine words",
    path: "/jobs?text=a.b.c.d.e.f.g.h.i",
    issues: [["query", "text", "one to eight words"]],
  },
  { what: "a NUL", path: "/jobs?table=a%00", issues: [["query", "table", "name of a table"]] },
  { what: "an empty host", path: "/jobs?host=", issues: [["query", "host", "name of a host"]] },
  ...["localhost:8571", "http://files.example", "files.example/a.csv", "one two", "[::1]:80", "a^b"].map(
    (host): RefusedRequest => ({
      what: `the host ${host}`,
      path: `/jobs?host=${encodeURIComponent(host)}`,
      issues: [["query", "host", "without a scheme and a port"]],
    }),
  ),
  { what: "an id that is none", path: "/jobs?sourceId=7", issues: [["query", "sourceId", "GET /sources"]] },
  {
    what: "a time whose + is a space",
    path: "/jobs?createdAfter=2020-05-18T08:00:00+02:00",
    issues: [["query", "createdAfter", "write + as %2B"]],
  },
  ...[
    "%2B010000-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-01:00",
    "1",
    "May%205",
    "2020-05-18T08:00:00",
  ].map((time): RefusedRequest => ({
    what: `the time ${time}`,
    path: `/jobs?createdBefore=${time}`,
    issues: [["query", "createdBefore", "such as 2020-05-18T08:00:00Z"]],
  })),
  ...(
    [
      ["2020-13-01", "there is no month 2020-13"],
      ["2020-00-01", "there is no month 2020-00"],
      ["2020-02-30", "there is no day 2020-02-30: the month has 29 days"],
      ["2020-04-00", "there is no day 2020-04-00: the month has 30 days"],
      ["2021-02-29T08:00:00Z", "there is no day 2021-02-29: the month has 28 days"],
      ["2020-05-18T25:00Z", "there is no time 25:00 of a day"],
    ] as const
  ).map(([time, problem]): RefusedRequest => ({
    what: `the time ${time}`,
    path: `/jobs?createdBefore=${time}`,
    issues: [["query", "createdBefore", problem]],
  })),
  ...["/jobs", "/events"].flatMap((path) =>
    (
      [
        [
          "createdAfter=2020-05-19&createdBefore=2020-05-18",
          "createdBefore",
          "must be later than createdAfter",
        ],
        ["createdAfter=2020-05-18&createdBefore=2020-05-18T00:00Z", "createdBefore", "must be later than"],
        ["table=public.trips", "table", "give table=trips, which finds its jobs in all schemas"],
        [`table=${"a".repeat(64)}`, "table", "of 1 to 63 bytes"],
        ["target=WareHouse", "target", "The operator has declared default"],
        ["target=a&target=b", "target", "The operator has declared default"],
      ] as const
    ).map(([query, field, problem]): RefusedRequest => ({
      what: `${query} of ${path}`,
      path: `${path}?${query}`,
      issues: [["query", field, problem]],
    })),
  ),
  ...["/tables", "/tables/trips", "/tables/trips/rows"].map((path): RefusedRequest => ({
    what: `two databases of ${path}`,
    path: `${path}?target=a&target=b`,
    issues: [["query", "target", "The operator has declared default"]],
  })),
]

it.effect.each(refused)("a list refuses $what", (request) =>
  assertRefused(request).pipe(Effect.provide(JobsMemory.layer)),
)

it.effect("GET /jobs links to its next page, which has the same filter", () =>
  Effect.gen(function* () {
    const asked: Array<unknown> = []
    const jobList = Layer.mock(JobList, {
      page: (filter, { after, limit }) =>
        Effect.sync(() => {
          asked.push({ filter, after, limit })
          return { jobs: [], next: after === null ? ([1_589_788_983_412_345, jobId] as const) : null }
        }),
    })
    const call = yield* serveInMemory({ jobList })
    const query =
      "state=failed&text=a%26b&createdAfter=2020-05-18T10%3A00%3A00%2B02%3A00&host=%5B2001%3ADB8%3A%3A1%5D&limit=5"
    const first = yield* call(`/jobs?${query}`)
    assert.strictEqual(first.status, 200, first.text)
    const link = first.headers.get("link") ?? ""
    assert.strictEqual(link, `</jobs?${query}&after=${String(first.json["next"])}>; rel="next"`)
    const last = yield* call(link.slice(1, link.indexOf(">")))
    assert.deepStrictEqual(last.json, { jobs: [], next: null })
    assert.isNull(last.headers.get("link"))
    const filter = {
      state: "failed",
      text: "a&b",
      host: "[2001:db8::1]",
      createdAfter: DateTime.makeUnsafe("2020-05-18T08:00:00Z"),
    }
    assert.deepStrictEqual(asked, [
      { filter, after: null, limit: 5 },
      { filter, after: [1_589_788_983_412_345, jobId], limit: 5 },
    ])
  }).pipe(Effect.provide(JobsMemory.layer)),
)

it.effect("jobs and their changes are refused for names that no job has", () =>
  Effect.gen(function* () {
    const jobList = Layer.mock(JobList, {
      requireKnown: ({ target }) =>
        Effect.fail(
          target === undefined
            ? new SourceUnknown({ sourceId })
            : new TargetUnknown({ target, known: ["default", "lake"] }),
        ),
    })
    const call = yield* serveInMemory({ jobList })
    for (const path of ["/jobs", "/events"]) {
      const target = yield* call(`${path}?target=nope`)
      assert.strictEqual(target.status, 400, target.text)
      assert.include(target.text, "default, lake")
      const source = yield* call(`${path}?sourceId=${sourceId}`)
      assert.strictEqual(source.status, 400, source.text)
      assert.include(source.text, "GET /sources lists your sources")
    }
  }).pipe(Effect.provide(JobsMemory.layer)),
)
