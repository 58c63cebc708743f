import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { OpenApi } from "effect/http-api"
import { Api } from "../../src/Api/contract/Api.ts"
import { LoadBody, SourceBody } from "../../src/Api/contract/LoadBody.ts"
import { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { expectedOperations, protectedOperations } from "./expectedOperations.ts"
import { isProblemCode, problemCatalog } from "../../src/Api/contract/problems/problemCatalog.ts"

/** The parts of OpenAPI 3.1 that the tests check. */
const Media = Schema.Struct({
  schema: Schema.Record(Schema.String, Schema.Json),
  example: Schema.optionalKey(Schema.Json),
})
const Operation = Schema.Struct({
  operationId: Schema.NonEmptyString,
  summary: Schema.NonEmptyString,
  description: Schema.NonEmptyString,
  security: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.Json))),
  parameters: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      in: Schema.String,
      required: Schema.Boolean,
      description: Schema.NonEmptyString,
    }),
  ),
  requestBody: Schema.optionalKey(
    Schema.Struct({ required: Schema.Boolean, content: Schema.Record(Schema.String, Media) }),
  ),
  responses: Schema.Record(
    Schema.String,
    Schema.Struct({
      description: Schema.NonEmptyString,
      content: Schema.Record(Schema.String, Media),
      headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
    }),
  ),
})
const Document = Schema.Struct({
  openapi: Schema.Literal("3.1.0"),
  servers: Schema.Tuple([Schema.Struct({ url: Schema.Literal("/"), description: Schema.NonEmptyString })]),
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Operation)),
  components: Schema.Struct({
    schemas: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Json)),
    securitySchemes: Schema.Struct({
      bearer: Schema.Struct({
        type: Schema.Literal("http"),
        scheme: Schema.Literal("bearer"),
        description: Schema.NonEmptyString,
      }),
      apiKey: Schema.Struct({
        type: Schema.Literal("apiKey"),
        in: Schema.Literal("header"),
        name: Schema.Literal("x-api-key"),
        description: Schema.NonEmptyString,
      }),
    }),
  }),
})

const generated = OpenApi.fromApi(Api)
const document = Schema.decodeUnknownSync(Document)(generated)
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

/** Whether the body of the request is a file, which has no fields. */
const takesFile = (path: string) => /^\/(?:upload|preview\/)/.test(path)

describe("the OpenAPI document", () => {
  it("lists the contract: paths, methods, statuses, parameters, media types", () => {
    const outline = Object.fromEntries(
      operations.map(({ path, method, operation }) => [
        `${method.toUpperCase()} ${path} ${operation.operationId}`,
        {
          statuses: Object.keys(operation.responses).join(" "),
          parameters: operation.parameters.map((it) => `${it.name}${it.required ? "" : "?"} in ${it.in}`),
          body: Object.keys(operation.requestBody?.content ?? {}).join(" "),
        },
      ]),
    )
    assert.deepStrictEqual(outline, expectedOperations)
  })

  it("defines exactly the schemas that it refers to", () => {
    const text = JSON.stringify(generated)
    const referred = new Set(
      [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]),
    )
    assert.deepStrictEqual([...referred].toSorted(), Object.keys(document.components.schemas).toSorted())
    assert.isEmpty(Object.keys(document.components.schemas).filter((name) => name.endsWith("Encoded")))
  })

  it("describes every error as a problem, with an example", () => {
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue
        assert.deepStrictEqual(Object.keys(response.content), ["application/problem+json"])
        const example = Schema.decodeUnknownSync(
          Schema.Struct({
            type: Schema.String,
            title: Schema.String,
            status: Schema.Int,
            code: Schema.String,
          }),
        )(response.content["application/problem+json"]?.example)
        assert.isTrue(isProblemCode(example.code))
        if (isProblemCode(example.code)) {
          assert.strictEqual(problemCatalog[example.code].status, Number(status))
          assert.strictEqual(example.title, problemCatalog[example.code].title)
        }
      }
    }
  })

  it("requires all members of a problem, and Retry-After in seconds with 429 and 503", () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      if (!JSON.stringify(schema["properties"] ?? {}).includes('"/problems/')) continue
      const required = Schema.decodeUnknownSync(Schema.Array(Schema.String))(schema["required"])
      assert.includeMembers([...required], ["type", "title", "status", "detail", "code"], name)
    }
    for (const status of ["429", "503"]) {
      const retryable = operations.flatMap(({ operation }) => operation.responses[status] ?? [])
      assert.isNotEmpty(retryable)
      for (const { headers } of retryable) {
        assert.nestedPropertyVal(headers, "retry-after.schema.type", "integer")
        assert.nestedPropertyVal(headers, "retry-after.required", true)
      }
    }
    assert.property(document.paths["/download_file"]?.["post"]?.responses["202"]?.headers, "location")
  })

  it("has examples of requests and responses", () => {
    const { AcceptedJob, Job } = document.components.schemas
    assert.isArray(AcceptedJob?.["examples"])
    const [job] = Schema.decodeUnknownSync(Schema.Array(Schema.Record(Schema.String, Schema.Json)))(
      Job?.["examples"],
    )
    assert.sameMembers(Object.keys(job ?? {}), Object.keys({ ...Object(Job?.["properties"]) }))
    const body = document.paths["/download_file"]?.["post"]?.requestBody
    for (const media of Object.values(body?.content ?? {})) {
      assert.include(JSON.stringify(media.schema), "http://localhost:8000/tripsdata.csv")
    }
  })

  it("describes the options of a job and a source as those of a request, with secrets as texts", () => {
    const Options = Schema.Struct({ properties: Schema.Record(Schema.String, Schema.JsonObject) })
    const { Job, ShownOptions, Source } = document.components.schemas
    for (const schema of [Job, Source])
      assert.nestedPropertyVal(schema, "properties.options.$ref", "#/components/schemas/ShownOptions")
    const { properties } = Schema.decodeUnknownSync(Options)(ShownOptions)
    assert.sameMembers(Object.keys(properties), Object.keys(LoadOptions.fields))
    assert.deepStrictEqual(properties["mode"]?.["enum"], ["create", "append", "replace", "upsert"])
    assert.deepStrictEqual(properties["callbackUrl"]?.["type"], "string")
    for (const [name, schema] of Object.entries(properties))
      assert.isTrue(["type", "anyOf", "enum"].some((key) => key in schema) && !("default" in schema), name)
  })

  it("has an example of one field first for every request with a body, so that tools send a valid one", () => {
    for (const { operation } of operations.filter(({ path }) => !takesFile(path))) {
      for (const { example } of Object.values(operation.requestBody?.content ?? {})) {
        if (operation.operationId === "createSource") {
          // A source needs its table and its schedule, too.
          Schema.decodeUnknownSync(SourceBody)(example)
          continue
        }
        if (operation.operationId === "changeSource") {
          assert.deepStrictEqual(example, { every: "6h" })
          continue
        }
        assert.lengthOf(Object.keys(Object(example)), 1, operation.operationId)
        if (operation.operationId === "cancelJob") continue
        assert.deepStrictEqual(Object.keys(Schema.decodeUnknownSync(LoadBody)(example)), ["fileUrl"])
      }
    }
  })

  it("makes API keys optional, because an operator need not set any", () => {
    const secured = operations.filter(({ operation }) => operation.security?.length !== 0)
    assert.sameMembers(
      secured.map(({ operation }) => operation.operationId),
      [...protectedOperations],
    )
    for (const { operation } of secured)
      assert.deepStrictEqual(operation.security, [{}, { bearer: [] }, { apiKey: [] }])
  })

  it("limits the Idempotency-Key", () => {
    const [parameter] = Object(generated.paths["/download_file"]?.post?.parameters)
    assert.include(parameter, { name: "idempotency-key", required: false })
    assert.include(parameter.schema, { minLength: 1, maxLength: 512 })
    assert.include(parameter.description, "1 to 255 printable ASCII characters")
  })

  it("describes every load option, with examples and a default that the option takes", () => {
    const content = document.paths["/download_file"]?.["post"]?.requestBody?.content ?? {}
    const Property = Schema.Struct({
      description: Schema.NonEmptyString,
      // Tools fill each field of a form with its example, so there it is in the description.
      examples: Schema.optionalKey(Schema.NonEmptyArray(Schema.Json)),
      default: Schema.optionalKey(Schema.Json),
    })
    const decodeOptions = Schema.decodeUnknownSync(LoadBody)
    assert.strictEqual(Object.keys(content).length, 2)
    for (const [contentType, { schema }] of Object.entries(content)) {
      const properties = Schema.decodeUnknownSync(Schema.Record(Schema.String, Property))(
        schema["properties"],
      )
      assert.sameMembers(Object.keys(properties), Object.keys(LoadBody.fields))
      assert.deepStrictEqual(schema["required"], ["fileUrl"])
      for (const [name, property] of Object.entries(properties)) {
        const isInForm = contentType !== "application/json" && name !== "fileUrl"
        if (isInForm) assert.include(property.description, `Example: \`${name}=`)
        assert.strictEqual(property.examples === undefined, isInForm, name)
        for (const value of [
          ...(property.examples ?? []),
          ...(property.default === undefined ? [] : [property.default]),
        ])
          // Some options are about typed values only, or about tables that exist.
          assert.property(
            decodeOptions({
              fileUrl: "http://h/a.csv",
              types: "lenient",
              tableName: "t",
              ...(["key", "onDuplicateKey", "deleteMissing"].includes(name)
                ? { mode: "upsert", key: "id" }
                : {}),
              ...(name === "onSchemaChange"
                ? { mode: "append" }
                : name === "allowEmpty"
                  ? { mode: "replace" }
                  : {}),
              [name]: value,
            }),
            name,
          )
      }
    }
  })

  it("allows new members in responses but not in requests", () => {
    assert.notInclude(JSON.stringify(generated.components), '"additionalProperties":false')
    for (const { operation } of operations) {
      assert.notInclude(JSON.stringify(operation.responses), '"additionalProperties":false')
    }
    const body = document.paths["/download_file"]?.["post"]?.requestBody
    for (const media of Object.values(body?.content ?? {})) {
      assert.isFalse(media.schema["additionalProperties"])
    }
  })
})
