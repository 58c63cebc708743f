import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/**
 * The parameters of a query for the OpenAPI document. Its generator describes the texts that a query consists of, not the numbers
 * that they mean.
 */
export const queryParameters = (query: Schema.Struct.Fields) =>
  Object.entries(query).map(([name, field]) => ({
    name,
    in: "query",
    required: !SchemaAST.isOptional(field.ast),
    schema: Schema.toJsonSchemaDocument(field).schema,
  }))

/** The parameters of an operation beside those of its query, as the generator describes them. */
export const otherParameters = ({
  parameters = [],
}: {
  readonly parameters?: ReadonlyArray<{ readonly in: string }>
}) => parameters.filter(({ in: place }) => place !== "query")
