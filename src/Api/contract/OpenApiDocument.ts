import packageJson from "../../../package.json" with { type: "json" }
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { describedOption } from "../../Domain/load/options/LoadOption.ts"
import { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { SourceChange } from "../../Domain/refresh/SourceChange.ts"
import { ScheduleOptions } from "../../Domain/refresh/ScheduleOptions.ts"
import type { Scope } from "../../Domain/service/Scope.ts"
import { exampleId } from "./JobResource.ts"
import { exampleUrl } from "./LoadBody.ts"
import type { ScopedOperation } from "./scopedOperations.ts"
import { isProblemCode, problemBody, type ProblemCode } from "./problems/problemCatalog.ts"

type Json = Schema.Json
type JsonObject = Schema.JsonObject

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const mapValues = (object: JsonObject, f: (value: JsonObject, name: string) => Json): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, isObject(value) ? f(value, name) : value]),
  )

const objectAt = (object: JsonObject, name: string): JsonObject => {
  const value = object[name]
  return isObject(value) ? value : {}
}

/** The generator names the encoded side of an error class after the class, with this suffix. */
const plainName = (name: string): string => name.replace(/Encoded$/, "")

/** Refers to the options of a job or a source, of which the generator knows only that each is JSON. */
const asShownOptions = (schema: JsonObject): JsonObject => ({
  $ref: "#/components/schemas/ShownOptions",
  ...("description" in schema ? { description: schema["description"] } : {}),
})

/** Responses may get new members, so a client that reads the document must not refuse unknown ones. */
const open = (schema: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(schema), (name, value) => {
    if (name === "$ref") return plainName(value)
    if (name === "options" && isObject(value) && "callbackUrl" in objectAt(value, "properties"))
      return asShownOptions(value)
    return name === "additionalProperties" && value === false ? undefined : value
  })

/** The code of the problem that this schema describes; `undefined` if it describes anything else. */
const codeOf = (schema: JsonObject): ProblemCode | undefined => {
  const values = objectAt(objectAt(schema, "properties"), "code")["enum"]
  const code = Array.isArray(values) ? String(values[0]) : ""
  return isProblemCode(code) ? code : undefined
}

/** A problem always has all five members, though its schema accepts one without `status` or `title`. */
const asProblem = (schema: JsonObject): JsonObject => {
  const { instance: _, ...properties } = objectAt(schema, "properties")
  const required = Array.isArray(schema["required"]) ? schema["required"] : []
  const always = ["type", "title", "status", "detail", "code"]
  return { ...schema, properties, required: [...new Set([...always, ...required])] }
}

const firstOf = (examples: Json | undefined): Json | undefined =>
  Array.isArray(examples) ? examples[0] : undefined

/** The first example of a schema. A problem's members besides those that all problems have are annotated with examples. */
const exampleOf = (schema: JsonObject): Json | undefined => {
  const code = codeOf(schema)
  if (code === undefined) return firstOf(schema["examples"])
  const members = Object.entries(objectAt(schema, "properties")).flatMap(([name, member]) => {
    const example = isObject(member) ? firstOf(member["examples"]) : undefined
    return example === undefined ? [] : [[name, example]]
  })
  return { ...problemBody(code), ...Object.fromEntries(members) }
}

/** A parameter or header with the description that the generator leaves in its schema. */
const described = (generated: JsonObject): JsonObject => {
  const { description, ...schema } = objectAt(generated, "schema")
  return { ...generated, ...(description === undefined ? {} : { description }), schema }
}

/** The generator describes every header as a string. This service sends `Retry-After` in seconds, never as a date. */
const responseHeader = (generated: JsonObject, name: string): JsonObject => {
  const header = described(generated)
  return name === "retry-after"
    ? { ...header, schema: { ...objectAt(header, "schema"), type: "integer" } }
    : header
}

/** The schema that this one refers to; of several ones, the first. */
const refOf = (schema: JsonObject): string => {
  const { anyOf } = schema
  const [first] = Array.isArray(anyOf) ? anyOf.filter(isObject) : [schema]
  return String(first?.["$ref"])
}

const response = (generated: JsonObject, schemas: JsonObject): JsonObject => ({
  ...generated,
  ...("headers" in generated ? { headers: mapValues(objectAt(generated, "headers"), responseHeader) } : {}),
  content: mapValues(objectAt(generated, "content"), (media) => {
    const schema = objectAt(media, "schema")
    const example = exampleOf(objectAt(schemas, refOf(schema).replace(/^.*\//, "")))
    return { schema: open(schema), ...(example === undefined ? {} : { example }) }
  }),
})

const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value))

const { unset } = SourceChange.fields
const options = Object.entries({ ...LoadOptions.fields, ...ScheduleOptions.fields, unset })
/** A load option as it is written. */
export const optionSchema = (name: string, ast: SchemaAST.AST, isForm: boolean): JsonObject => {
  const { default: value, details, examples, ifOmitted, jsonSchema, meaning } = describedOption(ast)!
  const isDetected = value === undefined && ifOmitted === undefined
  const detected = isDetected ? "If omitted, it is detected from the file." : undefined
  const example = isForm ? `Example: \`${name}=${asText(examples[0])}\`.` : undefined
  return {
    ...jsonSchema(),
    description: [meaning, details, detected, example].filter(Boolean).join(" "),
    ...(isForm ? {} : { examples }),
    ...(value === undefined ? {} : { default: value }),
  }
}

/**
 * Load options as they are written, in place of the values that they are read as. In a form the examples are in the
 * description, because tools fill each field of a form with its example.
 */
const optionProperties = (isForm: boolean, body: JsonObject): JsonObject =>
  Object.fromEntries(
    options
      .filter(([name]) => name in body)
      .map(([name, { ast }]) => [name, optionSchema(name, ast, isForm)]),
  )

/** The options of a job as requests take them, but for secrets. An option that is absent was not given, so none has a default. */
const shownOptions = (job: JsonObject): JsonObject => {
  const properties = objectAt(objectAt(objectAt(job, "properties"), "options"), "properties")
  const { callbackUrl: _, headers: __, ...asGiven } = properties
  const options = mapValues(optionProperties(false, asGiven), ({ default: ___, ...schema }) => schema)
  return { type: "object", properties: { ...properties, ...options } }
}

const requestBody = (generated: JsonObject): JsonObject => ({
  ...generated,
  content: mapValues(objectAt(generated, "content"), (media, contentType) => {
    const schema = objectAt(media, "schema")
    const properties = objectAt(schema, "properties")
    if (/^(?:text|multipart)\//.test(contentType)) return media
    if (!("fileUrl" in properties)) return { ...media, example: { jobId: exampleId } }
    return {
      ...media,
      schema: {
        ...schema,
        properties: { ...properties, ...optionProperties(contentType !== "application/json", properties) },
      },
      // Only the fields that are needed: tools fill a request with every field of the example.
      example:
        "unset" in properties
          ? { every: "6h" }
          : { fileUrl: exampleUrl, ...("every" in properties ? { tableName: "trips", every: "1h" } : {}) },
    }
  }),
})

/** Keys are needed only if the operator has set some, which the contract cannot know: `{}` is a request without one. */
const security = (generated: JsonObject): JsonObject => {
  const schemes = generated["security"]
  return Array.isArray(schemes) && schemes.length > 0 ? { security: [{}, ...schemes] } : {}
}

/** The operation's description with the scope that a key needs for it. */
const scopeStated = ({ description }: JsonObject, scope: Scope | undefined): JsonObject =>
  scope === undefined
    ? {}
    : { description: `${String(description)}\n\nA key needs the scope \`${scope}\` for this.` }

/** Authentication schemes have lower-case names in the registry, and some tools know only those. */
const securityScheme = (generated: JsonObject): JsonObject => ({
  ...generated,
  ...("scheme" in generated ? { scheme: String(generated["scheme"]).toLowerCase() } : {}),
})

/** The generator makes a second schema of one that is also the data of an event, and refers only to the first. */
const onlyReferred = (schemas: JsonObject, paths: JsonObject): JsonObject => {
  const text = JSON.stringify([schemas, paths])
  return Object.fromEntries(
    Object.entries(schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}"`)),
  )
}

/**
 * Completes the generated OpenAPI document with what effect does not emit: load options as they are written, the
 * members of problems, examples, numbers in headers, optional keys and their scopes, servers, plain names, and responses
 * that may grow.
 */
export const completeDocument = (
  generated: JsonObject,
  scoped: ReadonlyArray<ScopedOperation>,
): Record<string, Json> => {
  const components = objectAt(generated, "components")
  const schemas = objectAt(components, "schemas")
  const paths = mapValues(objectAt(generated, "paths"), (path) =>
    mapValues(path, (operation) => ({
      ...operation,
      ...security(operation),
      ...scopeStated(
        operation,
        scoped.find(({ operationId }) => operationId === operation["operationId"])?.scope,
      ),
      ...(Array.isArray(operation["parameters"])
        ? { parameters: operation["parameters"].map(described) }
        : {}),
      ...("requestBody" in operation ? { requestBody: requestBody(objectAt(operation, "requestBody")) } : {}),
      responses: mapValues(objectAt(operation, "responses"), (it) => response(it, schemas)),
    })),
  )
  const named = Object.fromEntries(
    Object.entries(open({ ...schemas, ShownOptions: shownOptions(objectAt(schemas, "Job")) })).map(
      ([name, schema]) => [
        plainName(name),
        isObject(schema) && codeOf(schema) !== undefined ? asProblem(schema) : schema,
      ],
    ),
  )
  const securitySchemes = mapValues(objectAt(components, "securitySchemes"), securityScheme)
  return {
    ...generated,
    info: {
      ...objectAt(generated, "info"),
      contact: { name: "Sluice contributors" },
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    // Relative, because the service does not know its public name.
    servers: [{ url: "/", description: "The service that serves this document." }],
    paths,
    components: { ...components, schemas: onlyReferred(named, paths), securitySchemes },
  }
}
