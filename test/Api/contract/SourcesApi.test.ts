import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { assertProblem, form, serveInMemory } from "../../support/ApiHarness.ts"
import { assertRefused, type RefusedRequest } from "../../support/assertRefused.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"

const path = "/sources"
const someSource = `${path}/0198f2a1-0b7e-4c35-8d4e-9d0e6f2a7c11`
const posted = (fields: string) => ({ path, request: form(`fileUrl=http://files.example/a.csv&${fields}`) })
const inBody = (field: string, words: string) => [["body", field, words]] as const

const refused: ReadonlyArray<RefusedRequest> = [
  { what: "no table", ...posted("every=1h"), issues: inBody("tableName", "mode=replace needs the name") },
  {
    what: "mode=create",
    ...posted("tableName=t&mode=create"),
    issues: inBody("mode", "replace, append or upsert"),
  },
  { what: "upsert without a key", ...posted("tableName=t&mode=upsert"), issues: inBody("key", "is missing") },
  { what: "no interval", ...posted("tableName=t&every=soon"), issues: inBody("every", "such as 15m") },
  { what: "a malformed cron", ...posted("tableName=t&cron=daily"), issues: inBody("cron", "five fields") },
  {
    what: "a cron that has no time",
    ...posted("tableName=t&cron=0+0+30+2+*"),
    issues: inBody("cron", "five fields"),
  },
  {
    what: "two schedules",
    ...posted("tableName=t&every=1h&cron=0+6+*+*+*"),
    issues: inBody("every", "exclude each other"),
  },
  {
    what: "an unknown time zone",
    ...posted("tableName=t&cron=0+6+*+*+*&timezone=Atlantis"),
    issues: inBody("timezone", "Europe/Madrid"),
  },
  {
    what: "a time zone without cron",
    ...posted("tableName=t&timezone=Europe/Madrid"),
    issues: inBody("timezone", "for cron"),
  },
  { what: "no URL", path, request: form("tableName=t"), issues: inBody("fileUrl", "missing") },
  {
    what: "an unknown option",
    ...posted("tableName=t&evry=1h"),
    issues: inBody("evry", "did you mean every?"),
  },
  { what: "an id that is no UUID", path: "/sources/trips", issues: [["path", "sourceId", "not a UUID"]] },
  {
    what: "an option that no source can lose",
    path: someSource,
    request: { ...form("unset=tableName"), method: "PATCH" },
    issues: inBody("unset", 'which "tableName" is not'),
  },
  {
    what: "a change of an unknown option",
    path: someSource,
    request: { ...form("evry=1h"), method: "PATCH" },
    issues: inBody("evry", "did you mean every?"),
  },
  { what: "a limit of 0", path: "/sources?limit=0", issues: [["query", "limit", "from 1 to 1000"]] },
  { what: "an after that is no place", path: "/sources?after=b", issues: [["query", "after", "the `next`"]] },
]

it.effect.each(refused)("a request about sources is refused with $what", (request) =>
  assertRefused(request).pipe(Effect.provide(JobsMemory.layer)),
)

it.effect("a parameter of the path may be longer than a table's name with its schema", () =>
  Effect.gen(function* () {
    const call = yield* serveInMemory()
    assertProblem(yield* call(`${path}/${"x".repeat(1000)}`), 400, "invalid_request")
    assertProblem(yield* call(`${path}/${"x".repeat(2000)}`), 404, "not_found")
  }).pipe(Effect.provide(JobsMemory.layer)),
)
