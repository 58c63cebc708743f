import type * as Schema from "effect/Schema"
import { describedOption } from "../../Domain/load/options/LoadOption.ts"
import { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { isProblemCode, problemBody, type ProblemCode } from "./Problems.ts"

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

/** Responses may get new members, so a client that reads the document must not refuse unknown ones. */
const open = (schema: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(schema), (name, value) => {
    if (name === "$ref") return plainName(value)
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

/** The generator describes every header as a string. This service sends `Retry-After` in seconds, never as a date. */
const responseHeader = (generated: JsonObject, name: string): JsonObject =>
  name === "retry-after"
    ? { ...generated, schema: { ...objectAt(generated, "schema"), type: "integer" } }
    : generated

const response = (generated: JsonObject, schemas: JsonObject): JsonObject => ({
  ...generated,
  ...("headers" in generated ? { headers: mapValues(objectAt(generated, "headers"), responseHeader) } : {}),
  content: mapValues(objectAt(generated, "content"), (media) => {
    const schema = objectAt(media, "schema")
    const code = codeOf(objectAt(schemas, String(schema["$ref"]).replace(/^.*\//, "")))
    return { schema: open(schema), ...(code === undefined ? {} : { example: problemBody(code) }) }
  }),
})

/** Load options as they are written, in place of the values that they are read as. */
const optionProperties = (): JsonObject =>
  Object.fromEntries(
    Object.entries(LoadOptions.fields).map(([name, { ast }]) => {
      const { default: value, details, examples, ifOmitted, jsonSchema, meaning } = describedOption(ast)!
      const isDetected = value === undefined && ifOmitted === undefined
      const detected = isDetected ? "If omitted, it is detected from the file." : undefined
      const description = [meaning, details, detected].filter(Boolean).join(" ")
      return [
        name,
        { ...jsonSchema(), description, examples, ...(value === undefined ? {} : { default: value }) },
      ]
    }),
  )

const requestBody = (generated: JsonObject): JsonObject => ({
  ...generated,
  content: mapValues(objectAt(generated, "content"), (media) => {
    const schema = objectAt(media, "schema")
    const properties = objectAt(schema, "properties")
    if (!("fileUrl" in properties)) return media
    return { ...media, schema: { ...schema, properties: { ...properties, ...optionProperties() } } }
  }),
})

/**
 * Completes the generated OpenAPI document with what effect does not emit: load options as they are written, the
 * members and an example of each problem, numbers in headers, plain names, and responses that may grow.
 */
export const completeDocument = (generated: JsonObject): Record<string, Json> => {
  const components = objectAt(generated, "components")
  const schemas = objectAt(components, "schemas")
  const paths = mapValues(objectAt(generated, "paths"), (path) =>
    mapValues(path, (operation) => ({
      ...operation,
      ...("requestBody" in operation ? { requestBody: requestBody(objectAt(operation, "requestBody")) } : {}),
      responses: mapValues(objectAt(operation, "responses"), (it) => response(it, schemas)),
    })),
  )
  const named = Object.fromEntries(
    Object.entries(open(schemas)).map(([name, schema]) => [
      plainName(name),
      isObject(schema) && codeOf(schema) !== undefined ? asProblem(schema) : schema,
    ]),
  )
  return { ...generated, paths, components: { ...components, schemas: named } }
}
