import { describedOption } from "../../Domain/load/LoadOption.ts"
import { LoadOptions } from "../../Domain/load/LoadOptions.ts"
import { isProblemCode, problemCatalog } from "./Problems.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [name: string]: Json }
type JsonObject = { readonly [name: string]: Json }

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
const open = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(open)
  if (!isObject(value)) return value
  const { additionalProperties, ...rest } = value
  const entries = Object.entries(additionalProperties === false ? rest : value)
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name,
      name === "$ref" && typeof inner === "string" ? plainName(inner) : open(inner),
    ]),
  )
}

const fixedValue = (schema: JsonObject, property: string): Json => {
  const values = objectAt(objectAt(schema, "properties"), property)["enum"]
  return Array.isArray(values) ? values[0] : null
}

const isProblem = (schema: JsonObject): boolean => isProblemCode(String(fixedValue(schema, "code")))

/** A problem always has all five members, though its schema accepts one without `status` or `title`. */
const asProblem = (schema: JsonObject): JsonObject => {
  const { instance: _, ...properties } = objectAt(schema, "properties")
  const required = Array.isArray(schema["required"]) ? schema["required"] : []
  const always = ["type", "title", "status", "detail", "code"]
  return { ...schema, properties, required: [...new Set([...always, ...required])] }
}

const exampleOf = (schema: JsonObject): JsonObject => {
  const code = String(fixedValue(schema, "code"))
  const [type, title, status] = [
    fixedValue(schema, "type"),
    fixedValue(schema, "title"),
    fixedValue(schema, "status"),
  ]
  return { type, title, status, detail: isProblemCode(code) ? problemCatalog[code].meaning : null, code }
}

const response = (generated: JsonObject, schemas: JsonObject): JsonObject => ({
  ...generated,
  content: mapValues(objectAt(generated, "content"), (media, type) => {
    const reference = objectAt(media, "schema")["$ref"]
    const name = typeof reference === "string" ? reference.slice(reference.lastIndexOf("/") + 1) : ""
    return {
      schema: open(media["schema"] ?? {}),
      ...(type === "application/problem+json" ? { example: exampleOf(objectAt(schemas, name)) } : {}),
    }
  }),
})

/** Load options as they are written, in place of the values that they are read as. */
const optionProperties = (): JsonObject =>
  Object.fromEntries(
    Object.entries(LoadOptions.fields).map(([name, { ast }]) => {
      const { jsonSchema, ...option } = describedOption(ast)!
      const ifOmitted =
        option.default === undefined && option.ifOmitted === undefined
          ? "If omitted, it is detected from the file."
          : undefined
      const description = [option.meaning, option.details, ifOmitted].filter(Boolean).join(" ")
      return [
        name,
        {
          ...jsonSchema(),
          description,
          examples: option.examples,
          ...(option.default === undefined ? {} : { default: option.default }),
        },
      ]
    }),
  )

const requestBody = (generated: JsonObject): JsonObject => {
  const options = optionProperties()
  return {
    ...generated,
    content: mapValues(objectAt(generated, "content"), (media) => {
      const schema = objectAt(media, "schema")
      const properties = mapValues(
        objectAt(schema, "properties"),
        (property, name) => options[name] ?? property,
      )
      return "properties" in schema ? { ...media, schema: { ...schema, properties } } : media
    }),
  }
}

/**
 * Completes the generated OpenAPI document with what effect does not emit: load options as they are written, the
 * members and an example of each problem, plain names, and responses that may grow.
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
    Object.entries(schemas).map(([name, schema]) => {
      const opened = open(schema)
      return [plainName(name), isObject(opened) && isProblem(opened) ? asProblem(opened) : opened]
    }),
  )
  return { ...generated, paths, components: { ...components, schemas: named } }
}
