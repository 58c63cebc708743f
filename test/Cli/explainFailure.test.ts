import { assert, it } from "@effect/vitest"
import { problemBody, type ProblemCode } from "../../src/Api/contract/problems/problemCatalog.ts"
import type { ExitName } from "../../src/Cli/ExitCode.ts"
import { explainFailure } from "../../src/Cli/server/explainFailure.ts"

const exits: Record<ProblemCode, ExitName> = {
  invalid_request: "usage",
  unauthorized: "not_allowed",
  forbidden: "not_allowed",
  table_not_readable: "not_allowed",
  cross_site_request: "not_allowed",
  job_not_found: "not_found",
  unknown_source: "not_found",
  table_not_found: "not_found",
  not_found: "not_found",
  method_not_allowed: "usage",
  request_timeout: "unavailable",
  job_already_finished: "conflict",
  no_rejects_as_source: "conflict",
  table_name_taken: "conflict",
  table_has_source: "conflict",
  table_busy: "conflict",
  table_changed: "conflict",
  body_too_large: "usage",
  unsupported_media_type: "usage",
  misdirected_request: "usage",
  idempotency_key_reused: "usage",
  query_too_slow: "usage",
  cast_failed: "usage",
  file_not_loadable: "load_failed",
  upload_failed: "load_failed",
  upload_cancelled: "load_failed",
  uploads_off: "not_allowed",
  too_many_uploads: "unavailable",
  too_many_previews: "unavailable",
  limit_reached: "unavailable",
  expectation_failed: "usage",
  headers_too_large: "usage",
  internal_error: "unavailable",
  service_unavailable: "unavailable",
}

it.each(Object.entries(exits) as Array<[ProblemCode, ExitName]>)("%s exits as %s", (code, exit) => {
  assert.strictEqual(explainFailure("http://localhost:3000")(problemBody(code)).exit, exit)
})

it("a problem that this version does not know exits as its status says", () => {
  const problem = { status: 409, code: "from_a_newer_server", detail: "The table is locked." }
  assert.deepInclude(explainFailure("http://localhost:3000")(problem), {
    exit: "conflict",
    message: "The table is locked.",
  })
})
