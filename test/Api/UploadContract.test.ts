import { assert, it } from "@effect/vitest"
import { OpenApi } from "effect/http-api"
import { Api } from "../../src/Api/contract/Api.ts"
import { UploadFields } from "../../src/Api/contract/UploadApi.ts"

it("the OpenAPI document has uploads and their previews with all options of a load, and their responses", () => {
  const { paths } = OpenApi.fromApi(Api)
  const loaded = "201 202 400 401 403 408 409 422 429 500 503"
  const operations = [
    [paths["/upload"]?.put, loaded],
    [paths["/upload"]?.post, loaded],
    [paths["/upload/{fileName}"]?.put, loaded],
    [paths["/preview/{fileName}"]?.put, "200 400 401 403 408 422 429 500"],
  ] as const
  for (const [operation, responses] of operations) {
    assert.strictEqual(Object.keys(operation?.responses ?? {}).join(" "), responses)
    const inQuery = operation?.parameters.filter((parameter) => parameter.in === "query")
    assert.deepStrictEqual(
      inQuery?.map(({ name }) => name),
      Object.keys(UploadFields.fields),
    )
    assert.hasAllKeys(operation?.requestBody?.content, ["text/csv", "multipart/form-data"])
  }
})
