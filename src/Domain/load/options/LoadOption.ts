import type * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import { invalidJson } from "./invalidJson.ts"

/** What users read about an option: in the API reference, in docs/api.md and in the response to a bad value. */
export interface OptionDescription {
  /** What it does, in one sentence. */
  readonly meaning: string
  /** More sentences, for the API reference only. */
  readonly details?: string
  /** The values it takes. Completes "must be given once, as …". */
  readonly values: string
  /** Values as users write them. */
  readonly examples: readonly [Schema.Json, ...ReadonlyArray<Schema.Json>]
  /** The value if omitted, as users write it. */
  readonly default?: Schema.Json
  /** What happens if omitted. Without this and `default`, the value is detected from the file. */
  readonly ifOmitted?: string
}

/** How an option is written in a form, which has only texts. JSON may use the same texts. */
export interface Notation {
  /** Returns the value for the option's schema. An unknown text is returned unchanged, for the schema to refuse. */
  readonly read: (written: Schema.Json) => Schema.Json
  /** Whether a text can only be meant as JSON. One that is invalid is then refused with the place of the error. */
  readonly isMeantAsJson?: (text: string) => boolean
  /** Values that JSON takes besides those of the option's schema. */
  readonly alternative?: JsonSchema.JsonSchema
  readonly isList?: true
}

/** The option's schema reads the text itself. */
export const asWritten: Notation = { read: (written) => written }

const readCharacter: Notation["read"] = (written) =>
  typeof written === "string" && /^(?:\\t|tab)$/i.test(written) ? "\t" : written

/** A tab is hard to type, so it may be written `tab` or `\t`. */
export const character: Notation = { read: readCharacter, alternative: { enum: ["tab", "\\t"] } }

/** Delimiters by their names. */
const namedDelimiters: ReadonlyMap<string, string> = new Map([
  ["comma", ","],
  ["semicolon", ";"],
  ["pipe", "|"],
  ["tab", "\t"],
  ["space", " "],
])

/** A control character is written `\x01` or `\u0001`, alone or among others, a usual delimiter by its name, and `null` `none`. */
export const delimiterNotation: Notation = {
  read: (written) => {
    if (typeof written !== "string") return written
    if (written === "none") return null
    const named = namedDelimiters.get(written.toLowerCase())
    if (named !== undefined) return named
    return written.replaceAll(/\\(?:x([\da-f]{2})|u([\da-f]{4})|t)/gi, (_, byte, code) =>
      byte === undefined && code === undefined
        ? "\t"
        : String.fromCharCode(Number.parseInt(byte ?? code, 16)),
    )
  },
  alternative: { enum: [...namedDelimiters.keys(), "none", "\\t", "\\x01", "\\u0001"] },
}

/** The decimal sign by its name. */
export const decimalNotation: Notation = {
  read: (written) => (written === "comma" ? "," : written === "point" ? "." : written),
  alternative: { enum: ["comma", "point"] },
}

/** `null` is written `none`, or left empty in a form. */
export const characterOrNone: Notation = {
  read: (written) => (written === "" || written === "none" ? null : readCharacter(written)),
  alternative: { enum: ["none"] },
}

export const boolean: Notation = {
  read: (written) => (written === "true" ? true : written === "false" ? false : written),
}

export const decimalNumber: Notation = {
  read: (written) =>
    typeof written === "string" && /^\d{1,15}(?:\.\d{1,15})?$/.test(written) ? Number(written) : written,
}

export const wholeNumber: Notation = {
  read: (written) => (typeof written === "string" && /^\d{1,15}$/.test(written) ? Number(written) : written),
}

/** A whole number that may be negative. */
export const signedNumber: Notation = {
  read: (written) =>
    typeof written === "string" && /^-?\d{1,15}$/.test(written) ? Number(written) : written,
}

/** The value of a JSON text; any other text unchanged. */
export const parsedJson = (text: string): Schema.Json => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const isArray: (value: Schema.Json) => value is ReadonlyArray<Schema.Json> = Array.isArray

/** A list of texts. A number means its digits, and a single text is a list of one, unless it is a JSON array. */
export const readTexts: Notation["read"] = (written) => {
  const value = typeof written === "string" && written.startsWith("[") ? parsedJson(written) : written
  const items = isArray(value)
    ? value
    : typeof value === "string" || typeof value === "number"
      ? [value]
      : null
  return items === null ? value : items.map((item) => (typeof item === "number" ? String(item) : item))
}

/** A form repeats the field, or has the list as a JSON array. */
export const list: Notation = {
  read: readTexts,
  // Another text with a bracket, such as [n/a], is one text.
  isMeantAsJson: (text) => /^\[\s*"/.test(text),
  alternative: { anyOf: [{ type: "string" }, { type: "number" }] },
  isList: true,
}

/** An option with the JSON Schema of its values. */
export interface DescribedOption extends OptionDescription {
  /** Whether it can be given several times. */
  readonly isList: boolean
  readonly jsonSchema: () => JsonSchema.JsonSchema
}

const annotation = "sluice/Domain/LoadOption"

/**
 * Declares an option of a load: its values, how they are written, and what users read about it. The 400 response,
 * the OpenAPI document and the table in docs/api.md derive from this (decision 0025).
 */
export const option = <
  S extends Schema.Top & { readonly DecodingServices: never; readonly EncodingServices: never },
>(
  schema: S,
  { alternative, isList, isMeantAsJson = () => false, read }: Notation,
  description: OptionDescription,
) => {
  const jsonSchema = (): JsonSchema.JsonSchema => {
    const values = Schema.toJsonSchemaDocument(schema).schema
    return alternative === undefined ? values : { anyOf: [values, alternative] }
  }
  return Schema.optionalKey(
    Schema.Json.check(
      Schema.makeFilter(
        (written: Schema.Json) =>
          (typeof written === "string" && isMeantAsJson(written) ? invalidJson(written) : undefined) ?? true,
      ),
    )
      .pipe(
        Schema.decodeTo(Schema.toCodecJson(schema), {
          decode: SchemaGetter.transform(read),
          encode: SchemaGetter.transform((value: Schema.Json) => value),
        }),
      )
      .annotate({
        mustBe: isList ? description.values : `given once, as ${description.values}`,
        [annotation]: { ...description, jsonSchema, isList: isList ?? false } satisfies DescribedOption,
      }),
  )
}

/** What `option` was given for this field; `undefined` for any other field. */
export const describedOption: (field: SchemaAST.AST) => DescribedOption | undefined =
  SchemaAST.resolveAt<DescribedOption>(annotation)
