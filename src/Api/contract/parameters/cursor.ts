import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** A place in a list, as a text for a URL. What is wrong inside of a text that a client has made up says nothing to it. */
export const cursor = <A>(place: Schema.Codec<A, string>) => {
  const text = Schema.StringFromBase64Url.pipe(Schema.decodeTo(place))
  const decode = Schema.decodeEffect(text, { onExcessProperty: "error" })
  const encode = Schema.encodeEffect(text)
  return Schema.String.pipe(
    Schema.decodeTo(
      Schema.toType(place),
      SchemaTransformation.transformEffect({
        decode: (given) => Effect.mapError(decode(given), () => new SchemaIssue.InvalidValue()),
        encode: (at) => Effect.mapError(encode(at), ({ issue }) => issue),
      }),
    ),
  )
}

/** In a page, the place after which the next one begins. */
export const nextPlace = <S extends Schema.Top>(place: S) =>
  Schema.NullOr(place).annotate({ description: "The `after` of the next page; null on the last page." })

const maxPageSize = 1000

/** Items on a page if `limit` is omitted. */
export const defaultPageSize = 100

/**
 * The query of a list.
 *
 * @param items what it lists, as in "most tables to return"
 */
export const listQuery = <A>(items: string, place: Schema.Codec<A, string>) => ({
  after: Schema.optionalKey(
    place.annotate({ mustBe: "given once: the `next` of the previous page" }).pipe(
      Schema.annotateEncoded({
        description: `Continue after these ${items}: the \`next\` of the previous page.`,
      }),
    ),
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxPageSize })).annotate({
      mustBe: `given once, as a whole number from 1 to ${maxPageSize}`,
      description: `Most ${items} to return; ${defaultPageSize} if omitted.`,
    }),
  ),
})
