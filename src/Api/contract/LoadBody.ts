import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { signsDiffer } from "../../Domain/load/CsvOptions.ts"
import { LoadOptions } from "../../Domain/load/LoadOptions.ts"
import { SourceUrl } from "../../Domain/source/SourceUrl.ts"
import { asItStands, count, list, sign, signOrNone, truth } from "./WrittenOptions.ts"

/**
 * An option of the domain as a form and JSON bring it.
 *
 * @param mustBe what an answer of 400 asks for: `<option> must be <mustBe>`
 */
const option = <
  S extends Schema.Top & { readonly DecodingServices: never; readonly EncodingServices: never },
>(
  { schema }: Schema.optionalKey<S>,
  read: (written: Schema.Json) => Schema.Json,
  mustBe: string,
) =>
  Schema.optionalKey(
    Schema.Json.pipe(
      Schema.decodeTo(Schema.toCodecJson(schema), {
        decode: SchemaGetter.transform(read),
        encode: SchemaGetter.transform((value: Schema.Json) => value),
      }),
    ).annotate({ mustBe }),
  )

const { fields } = LoadOptions

/** What `POST /download_file` takes, as a form and as JSON: the file's URL and, beside it, all of `LoadOptions`. */
export const LoadBody = Schema.Struct({
  fileUrl: SourceUrl,
  delimiter: option(fields.delimiter, sign, "given once, as one character, such as ; or |, or as tab"),
  quote: option(fields.quote, signOrNone, 'given once, as one character, such as ", or as none'),
  escape: option(fields.escape, sign, "given once, as one character, such as \\"),
  encoding: option(fields.encoding, asItStands, "given once, as a name such as utf-8 or windows-1252"),
  header: option(fields.header, truth, "given once, as true, false or auto"),
  skipLines: option(fields.skipLines, count, "given once, as a whole number from 0 to 10000"),
  comment: option(fields.comment, signOrNone, "given once, as one character, such as #, or as none"),
  nullValues: option(fields.nullValues, list, "a text, or a list of at most 100 texts"),
  onBadRow: option(fields.onBadRow, asItStands, "given once, as fail, reject or pad"),
  maxBadRows: option(fields.maxBadRows, asItStands, 'given once, as a number such as 100, or as "10%"'),
  tableName: option(fields.tableName, asItStands, "given once, as a text"),
  types: option(fields.types, asItStands, "given once, as text or infer"),
}).check(signsDiffer)
