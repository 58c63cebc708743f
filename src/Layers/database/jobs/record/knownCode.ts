import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * A code as it is stored. A later version may have written one that this version does not know, which becomes `other`: while
 * versions change, an API must still show the jobs of newer workers.
 */
export const knownCode = <const Codes extends ReadonlyArray<string>>(
  codes: Schema.Literals<Codes> & { readonly Type: string },
  other: Codes[number],
) =>
  Schema.String.pipe(
    Schema.decodeTo(
      codes,
      SchemaTransformation.transform({
        decode: (code: string): Codes[number] => codes.literals.find((known) => known === code) ?? other,
        encode: (code: Codes[number]): string => code,
      }),
    ),
  )
