import { it } from "@effect/vitest"
import { assertRefused, type RefusedRequest } from "../../support/assertRefused.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"
import * as Effect from "effect/Effect"

const refused: ReadonlyArray<RefusedRequest> = [
  { what: "a limit of 0", path: "/tables?limit=0", issues: [["query", "limit", "from 1 to 1000"]] },
  { what: "an after that is no place", path: "/tables?after=b", issues: [["query", "after", "the `next`"]] },
  {
    what: "an after that is another kind of place",
    path: `/tables/t/rows?after=${Buffer.from('{"order":"n","values":[],"version":null,"more":1}').toString("base64url")}`,
    issues: [["query", "after", "after must be given once: the `next` of the previous page"]],
  },
  { what: "an unknown field", path: "/tables?name=a", issues: [["query", "name", "unknown"]] },
]

it.effect.each(refused)("GET /tables refuses $what", (request) =>
  assertRefused(request).pipe(Effect.provide(JobsMemory.layer)),
)
