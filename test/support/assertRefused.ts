import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { assertProblem, serveInMemory } from "./ApiHarness.ts"

/** A request, and the issues it must be refused with. */
export interface RefusedRequest {
  readonly what: string
  readonly path?: string
  readonly request?: RequestInit
  /** Part, field and words of each expected issue, in order. */
  readonly issues: ReadonlyArray<readonly [in_: string, field: string | null, words: string]>
}

/** Asserts that the request is refused with exactly these issues. */
export const assertRefused = Effect.fnUntraced(function* ({ path, request, issues }: RefusedRequest) {
  const call = yield* serveInMemory()
  const answer = yield* call(path ?? "/download_file", request)
  assertProblem(answer, 400, "invalid_request")
  const found = Array.isArray(answer.json["issues"]) ? answer.json["issues"] : []
  assert.strictEqual(found.length, issues.length, answer.text)
  for (const [index, [part, field, words]] of issues.entries()) {
    assert.deepInclude(found[index], { in: part, field })
    assert.include(found[index].message, words)
    assert.include(String(answer.json["detail"]), words)
  }
})
