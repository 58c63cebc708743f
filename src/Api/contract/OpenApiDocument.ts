import { loadBodyDocument } from "./LoadBodyDocument.ts"
import { isProblemCode, problemCatalog, problemCodeOf, problemType } from "./ProblemCatalog.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [name: string]: Json }
type JsonObject = { readonly [name: string]: Json }

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const mapValues = (object: JsonObject, f: (value: Json, name: string) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, f(value, name)]))

const objectAt = (object: JsonObject, name: string): JsonObject => {
  const value = object[name]
  return isObject(value) ? value : {}
}

const jobId = "0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e"

const examples: JsonObject = {
  AcceptedJob: { jobId },
  Job: {
    jobId,
    state: "completed",
    fileUrl: "http://localhost:8000/tripsdata.csv",
    table: "tripsdata_1589788983",
    createdAt: "2020-05-18T08:03:03.412Z",
    startedAt: "2020-05-18T08:03:03.655Z",
    finishedAt: "2020-05-18T08:03:03.701Z",
    attempt: 1,
    progress: {
      bytesReceived: 726,
      bytesTotal: 726,
      rowsLoaded: 9,
      rowsRejected: 1,
      resumes: 0,
      percent: 100,
      bytesPerSecond: 15782,
      etaSeconds: null,
    },
    columns: [
      { name: "hvfhs_license_num", header: "hvfhs_license_num", type: "text" },
      { name: "pickup_datetime", header: "pickup_datetime", type: "text" },
    ],
    compression: null,
    dialect: {
      delimiter: ",",
      quote: '"',
      escape: '"',
      comment: null,
      lineEnding: "lf",
      skipsBlanks: false,
      hasHeader: true,
      skippedLines: 0,
    },
    encoding: "utf-8",
    repairs: {},
    rejects: { ragged_record: 1 },
    error: null,
  },
  Preview: {
    dialect: {
      delimiter: ";",
      quote: '"',
      escape: '"',
      comment: null,
      lineEnding: "crlf",
      skipsBlanks: false,
      hasHeader: true,
      skippedLines: 0,
    },
    encoding: "windows-1252",
    compression: "gzip",
    columns: [
      { name: "Größe", header: "Größe", suggestedType: "numeric" },
      { name: "Datum", header: "Datum", suggestedType: "date" },
    ],
    records: [["1.5", "2020-05-18"]],
    rejects: [],
    warnings: ["The encoding was guessed: windows-1252. If letters are wrong, give the encoding."],
  },
  RejectsPage: {
    jobId,
    state: "completed",
    rejects: [
      {
        record: 7,
        line: 8,
        column: null,
        byteOffset: 512,
        reason: "ragged_record",
        message: "The record has 2 fields where the header has 3.",
        raw: "B02764,2020-05-18",
        rawBytes: 17,
      },
    ],
    next: null,
  },
}

/** The generator names the encoded side of an error class after the class, with this at the end. */
const plainName = (name: string): string => name.replace(/Encoded$/, "")

/** Answers may grow members, and a client that reads the document must not refuse them. */
const asAnswer = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(asAnswer)
  if (!isObject(value)) return value
  const { additionalProperties, ...rest } = value
  const open = additionalProperties === undefined || additionalProperties === false ? rest : value
  return mapValues(open, (inner, name) =>
    name === "$ref" && typeof inner === "string" ? plainName(inner) : asAnswer(inner),
  )
}

/** Every problem is sent with all five members, whatever its schema tolerates when it is read. */
const asProblem = (schema: JsonObject): JsonObject => {
  const { instance: _, ...properties } = objectAt(schema, "properties")
  const required = new Set<Json>(["type", "title", "status", "detail", "code"])
  for (const name of Array.isArray(schema["required"]) ? schema["required"] : []) required.add(name)
  return { ...schema, properties, required: [...required] }
}

const dateTime = (schema: Json): Json => {
  if (!isObject(schema)) return schema
  if (schema["type"] === "string") return { ...schema, format: "date-time" }
  return Array.isArray(schema["anyOf"]) ? { ...schema, anyOf: schema["anyOf"].map(dateTime) } : schema
}

const component = (name: string, schema: Json): Json => {
  if (!isObject(schema)) return schema
  const properties = mapValues(objectAt(schema, "properties"), (property, key) =>
    key.endsWith("At") ? dateTime(property) : property,
  )
  const whole = "code" in properties && "detail" in properties ? asProblem(schema) : { ...schema, properties }
  const example = examples[name]
  return example === undefined ? whole : { ...whole, examples: [example] }
}

const retryAfter: JsonObject = {
  "retry-after": { schema: { type: "integer" }, description: "Seconds to wait.", required: true },
}

/** A problem as it may look: with the code its schema fixes, else the one of its status. */
const exampleProblem = (status: string, ref: Json | undefined, components: JsonObject): JsonObject => {
  const schema = objectAt(components, typeof ref === "string" ? (ref.split("/").at(-1) ?? "") : "")
  const codes = objectAt(objectAt(schema, "properties"), "code")["enum"]
  const [fixed] = Array.isArray(codes) ? codes : []
  const code = typeof fixed === "string" && isProblemCode(fixed) ? fixed : problemCodeOf(Number(status))
  const { title, meaning } = problemCatalog[code]
  return { type: problemType(code), title, status: Number(status), detail: meaning, code }
}

const answer = (status: string, response: Json, components: JsonObject): Json => {
  if (!isObject(response)) return response
  const content = mapValues(objectAt(response, "content"), (media, type) => {
    if (!isObject(media)) return media
    const schema = asAnswer(media["schema"] ?? {})
    return type === "application/problem+json"
      ? { schema, example: exampleProblem(status, objectAt(media, "schema")["$ref"], components) }
      : { schema }
  })
  return { ...response, content, ...(status === "429" || status === "503" ? { headers: retryAfter } : {}) }
}

const fieldDocument: JsonObject = loadBodyDocument

const requestBody = (body: JsonObject): JsonObject => ({
  ...body,
  content: mapValues(objectAt(body, "content"), (media) => {
    if (!isObject(media)) return media
    const schema = objectAt(media, "schema")
    const properties = mapValues(
      objectAt(schema, "properties"),
      (property, name) => fieldDocument[name] ?? property,
    )
    return "properties" in schema ? { ...media, schema: { ...schema, properties } } : media
  }),
})

/**
 * Completes the generated OpenAPI document with what schemas do not carry there: examples, formats, the
 * header `Retry-After`, and plain names.
 */
export const completeDocument = (generated: JsonObject): Record<string, Json> => {
  const components = objectAt(generated, "components")
  const schemas = objectAt(components, "schemas")
  const paths = mapValues(objectAt(generated, "paths"), (path) =>
    isObject(path)
      ? mapValues(path, (operation) => {
          if (!isObject(operation)) return operation
          const responses = mapValues(objectAt(operation, "responses"), (response, status) =>
            answer(status, response, schemas),
          )
          return "requestBody" in operation
            ? { ...operation, responses, requestBody: requestBody(objectAt(operation, "requestBody")) }
            : { ...operation, responses }
        })
      : path,
  )
  const named = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      plainName(name),
      component(plainName(name), asAnswer(schema)),
    ]),
  )
  return { ...generated, paths, components: { ...components, schemas: named } }
}
