import type * as Schema from "effect/Schema"

/**
 * Options as people write them, read as the schemas of the domain expect them. A form has nothing but texts, and
 * JSON may use the same ones. What is not understood is handed on as it stands, for the schema to refuse.
 */
type Read = (written: Schema.Json) => Schema.Json

/** A tab is hard to type: `\t`, as it is written in many languages, and `tab` stand for it. */
export const sign: Read = (written) => (written === "\\t" || written === "tab" ? "\t" : written)

/** Nothing, as a form can say it, and `none` are no sign. */
export const signOrNone: Read = (written) => (written === "" || written === "none" ? null : sign(written))

/** `true` and `false`, as a form can say them. */
export const truth: Read = (written) => (written === "true" ? true : written === "false" ? false : written)

/** A whole number in digits. */
export const count: Read = (written) =>
  typeof written === "string" && /^\d{1,15}$/.test(written) ? Number(written) : written

/** One text is a list of one. */
export const list: Read = (written) => (typeof written === "string" ? [written] : written)

/** Nothing is written in another way. */
export const asItStands: Read = (written) => written
