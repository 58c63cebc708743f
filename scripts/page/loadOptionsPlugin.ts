import type { JsonSchema } from "effect/JsonSchema"
import type { Plugin } from "vite"
import { describedOption } from "../../src/Domain/load/options/LoadOption.ts"
import { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { columnTypes } from "../../src/Domain/load/columns/ColumnType.ts"
import { encodings } from "../../src/Domain/load/Encoding.ts"

const name = "virtual:load-options"

/** The fixed values that an option takes; empty if it takes others too. */
const choicesOf = (schema: JsonSchema): ReadonlyArray<string> => {
  if (schema["type"] === "boolean") return ["true", "false"]
  if (Array.isArray(schema["enum"])) return schema["enum"].map(String)
  if (!Array.isArray(schema["anyOf"])) return []
  const choices = schema["anyOf"].map(choicesOf)
  return choices.some((some) => some.length === 0) ? [] : choices.flat()
}

const options = Object.entries(LoadOptions.fields).flatMap(([option, { ast }]) => {
  const described = describedOption(ast)
  if (described === undefined) return []
  const { default: byDefault, details, examples, ifOmitted, isList, jsonSchema, meaning, values } = described
  const [example] = examples
  return [
    {
      name: option,
      meaning,
      details: details ?? "",
      values,
      example: typeof example === "string" ? example : JSON.stringify(example),
      ifOmitted: byDefault === undefined ? (ifOmitted ?? "detected") : String(byDefault),
      isList,
      choices: choicesOf(jsonSchema()),
    },
  ]
})

/** Gives the page what the domain says about load options, without the schemas that say it. */
export const loadOptionsPlugin: Plugin = {
  name: "load-options",
  resolveId: (id) => (id === name ? `\0${name}` : null),
  load: (id) =>
    id === `\0${name}`
      ? Object.entries({ loadOptions: options, columnTypes, encodings })
          .map(([constant, value]) => `export const ${constant} = ${JSON.stringify(value)}`)
          .join("\n")
      : null,
}
