import * as Equal from "effect/Equal"
import * as Schema from "effect/Schema"
import { describedOption } from "../load/options/LoadOption.ts"
import { LoadOptions } from "../load/options/LoadOptions.ts"

const encodeOptions = Schema.encodeSync(LoadOptions)

/** Options without effect on the rows that the file becomes. The place of a source's table never changes. */
const ofRequests: ReadonlySet<string> = new Set(["headers", "timeout", "schema", "target", "priority"])

/** Without `maxBadRows`, whose default depends on `deleteMissing`. */
const defaults: ReadonlyMap<string, unknown> = new Map(
  Object.entries(LoadOptions.fields).flatMap(([name, field]) => {
    const value = describedOption(field.ast)?.default
    return name === "maxBadRows" || value === undefined ? [] : [[name, value] as const]
  }),
)

/** The options that say which rows the file becomes, without those that are as if they were omitted. */
const readingOf = (options: LoadOptions): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(encodeOptions(options)).filter(
      ([name, value]) => !ofRequests.has(name) && !Equal.equals(defaults.get(name), value),
    ),
  )

/** Whether a version of the file that was loaded with the options of before is another one with the new options. */
export const isReadAnew = (before: LoadOptions, after: LoadOptions): boolean =>
  after.mode !== "append" && !Equal.equals(readingOf(before), readingOf(after))
