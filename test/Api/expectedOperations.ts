import { UploadFields } from "../../src/Api/contract/UploadApi.ts"

interface ExpectedOperation {
  readonly statuses: string
  readonly parameters: ReadonlyArray<string>
  readonly body: string
}

const both = "application/json application/x-www-form-urlencoded"
const file = "text/csv multipart/form-data"
const uploadStatuses = "201 202 400 401 403 408 409 422 429 500 503"
const options = Object.keys(UploadFields.fields).map((name) => `${name}? in query`)

/** Every operation of the contract, by its method, path and id. */
export const expectedOperations: Readonly<Record<string, ExpectedOperation>> = {
  "POST /download_file downloadFile": {
    statuses: "202 400 401 403 409 413 415 422 429 500 503",
    parameters: ["idempotency-key? in header"],
    body: both,
  },
  "GET /job_status jobStatus": {
    statuses: "200 400 401 403 404 429 500 503",
    parameters: ["jobId in query", "wait? in query"],
    body: "",
  },
  "GET /job_rejects jobRejects": {
    statuses: "200 400 401 403 404 409 429 500 503",
    parameters: [
      "jobId in query",
      "kind? in query",
      "format? in query",
      "safe? in query",
      "file? in query",
      "after? in query",
      "limit? in query",
    ],
    body: "",
  },
  "GET /job_cancel cancelJobByLink": {
    statuses: "200 400 401 403 404 409 429 500 503",
    parameters: ["jobId in query"],
    body: "",
  },
  "POST /job_cancel cancelJob": {
    statuses: "200 400 401 403 404 409 413 415 429 500 503",
    parameters: ["jobId? in query"],
    body: both,
  },
  "POST /preview preview": {
    statuses: "200 400 401 403 413 415 422 429 500",
    parameters: [],
    body: both,
  },
  "PUT /preview/{fileName} previewUpload": {
    statuses: "200 400 401 403 408 422 429 500",
    parameters: ["fileName in path", ...options],
    body: file,
  },
  "PUT /upload upload": {
    statuses: uploadStatuses,
    parameters: ["idempotency-key? in header", ...options],
    body: file,
  },
  "POST /upload uploadForm": {
    statuses: uploadStatuses,
    parameters: ["idempotency-key? in header", ...options],
    body: file,
  },
  "PUT /upload/{fileName} uploadNamed": {
    statuses: uploadStatuses,
    parameters: ["fileName in path", "idempotency-key? in header", ...options],
    body: file,
  },
  "GET /jobs listJobs": {
    statuses: "200 400 401 403 429 500 503",
    parameters: [
      "state? in query",
      "table? in query",
      "target? in query",
      "host? in query",
      "sourceId? in query",
      "createdAfter? in query",
      "createdBefore? in query",
      "text? in query",
      "after? in query",
      "limit? in query",
    ],
    body: "",
  },
  "GET /job_events jobEvents": {
    statuses: "200 204 400 401 403 404 429 500 503",
    parameters: ["last-event-id? in header", "jobId in query"],
    body: "",
  },
  "GET /events allEvents": {
    statuses: "200 400 401 403 429 500 503",
    parameters: [
      "state? in query",
      "table? in query",
      "target? in query",
      "host? in query",
      "sourceId? in query",
      "createdAfter? in query",
      "createdBefore? in query",
      "last-event-id? in header",
    ],
    body: "",
  },
  "GET /tables listTables": {
    statuses: "200 400 401 403 429 500 503",
    parameters: ["after? in query", "limit? in query", "target? in query"],
    body: "",
  },
  "GET /tables/{name} tableDetails": {
    statuses: "200 400 401 403 404 422 429 500 503",
    parameters: ["name in path", "statistics? in query", "target? in query"],
    body: "",
  },
  "GET /tables/{name}/export exportTable": {
    statuses: "200 304 400 401 403 404 422 429 500 503",
    parameters: [
      "name in path",
      "target? in query",
      "select? in query",
      "order? in query",
      "format? in query",
      "filters? in query",
    ],
    body: "",
  },
  "GET /tables/{name}/rows tableRows": {
    statuses: "200 304 400 401 403 404 409 422 429 500 503",
    parameters: [
      "name in path",
      "target? in query",
      "select? in query",
      "order? in query",
      "after? in query",
      "limit? in query",
      "count? in query",
      "format? in query",
      "filters? in query",
    ],
    body: "",
  },
  "GET /health/live healthLive": { statuses: "200 431", parameters: [], body: "" },
  "GET /health/ready healthReady": { statuses: "200 431 503", parameters: [], body: "" },
  "GET /metrics metrics": { statuses: "200 401 403 429 431", parameters: [], body: "" },
  "GET /health/summary healthSummary": {
    statuses: "200 401 403 429 431 503",
    parameters: [],
    body: "",
  },
  "GET /problems/{code} describeProblem": {
    statuses: "200 404",
    parameters: ["code in path"],
    body: "",
  },
  "POST /sources createSource": {
    statuses: "201 400 401 403 409 413 415 422 429 500 503",
    parameters: ["idempotency-key? in header"],
    body: both,
  },
  "GET /sources listSources": {
    statuses: "200 400 401 403 429 500 503",
    parameters: ["after? in query", "limit? in query", "runs? in query"],
    body: "",
  },
  "GET /sources/{sourceId} getSource": {
    statuses: "200 400 401 403 404 429 500 503",
    parameters: ["sourceId in path"],
    body: "",
  },
  "PATCH /sources/{sourceId} changeSource": {
    statuses: "200 400 401 403 404 409 413 415 429 500 503",
    parameters: ["sourceId in path"],
    body: both,
  },
  "DELETE /sources/{sourceId} deleteSource": {
    statuses: "204 400 401 403 404 429 500 503",
    parameters: ["sourceId in path"],
    body: "",
  },
  "POST /sources/{sourceId}/refresh refreshSource": {
    statuses: "202 400 401 403 404 409 429 500 503",
    parameters: ["sourceId in path"],
    body: "",
  },
  "POST /sources/{sourceId}/pause pauseSource": {
    statuses: "200 400 401 403 404 429 500 503",
    parameters: ["sourceId in path"],
    body: "",
  },
  "POST /sources/{sourceId}/resume resumeSource": {
    statuses: "200 400 401 403 404 429 500 503",
    parameters: ["sourceId in path"],
    body: "",
  },
}

/** The ids of the operations that need a key if the API has keys: those that can respond with 401. */
export const protectedOperations: ReadonlyArray<string> = Object.entries(expectedOperations)
  .filter(([, { statuses }]) => statuses.split(" ").includes("401"))
  .map(([operation]) => operation.slice(operation.lastIndexOf(" ") + 1))
