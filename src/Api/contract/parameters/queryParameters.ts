import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

const parameters = (place: "query" | "path", fields: Schema.Struct.Fields) =>
  Object.entries(fields).map(([name, field]) => ({
    name,
    in: place,
    required: !SchemaAST.isOptional(field.ast),
    schema: Schema.toJsonSchemaDocument(field).schema,
  }))

/**
 * The parameters of a query for the OpenAPI document. Its generator describes the texts that a query consists of, not the numbers
 * that they mean.
 */
export const queryParameters = (query: Schema.Struct.Fields) => parameters("query", query)

/** The parameters of a path, beside those of a query. */
export const parametersInPath = (path: Schema.Struct.Fields) => parameters("path", path)
