import { assert, it } from "@effect/vitest"
import { OpenApi } from "effect/http-api"
import { Api } from "../../src/Api/contract/Api.ts"
import { UploadFields } from "../../src/Api/contract/UploadApi.ts"

it("the OpenAPI document has uploads with all options of a load, and their responses", () => {
  const { paths } = OpenApi.fromApi(Api)
  const operations = [paths["/upload"]?.put, paths["/upload"]?.post, paths["/upload/{fileName}"]?.put]
  for (const operation of operations) {
    assert.strictEqual(
      Object.keys(operation?.responses ?? {}).join(" "),
      "201 202 400 401 403 408 409 422 429 500 503",
    )
    const inQuery = operation?.parameters.filter((parameter) => parameter.in === "query")
    assert.deepStrictEqual(
      inQuery?.map(({ name }) => name),
      Object.keys(UploadFields.fields),
    )
    assert.hasAllKeys(operation?.requestBody?.content, ["text/csv", "multipart/form-data"])
  }
})
