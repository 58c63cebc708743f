import type { AlmostTyped, TypeChoice } from "../../Domain/load/AlmostTyped.ts"
import type { ColumnOption } from "../../Domain/load/options/ColumnOption.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import type { AlmostType } from "../types/lenient/TextColumns.ts"

const maxShown = 40

/** Texts that usually mean NULL. */
const nullWord = /^(?:\(?<?(?:null|nil|none|n\/?a|#n\/a|nan|missing|unknown)>?\)?|-+|\.+|\?+|\\N|\s*)$/i

/** The options as in a form. */
const written = (options: TypeChoice["options"]): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" and ")

const choiceOf = (
  { key, option = {} }: Pick<PlannedColumn, "key" | "option">,
  { isComplete, misfits }: AlmostType,
  { options, type }: AlmostType["choices"][number],
  nullValues: Pick<ColumnOption, "nullValues">,
  types: LoadOptions["types"],
): TypeChoice => {
  // A lenient column has the type once its notation is known.
  const isEnough = types === "lenient" && isComplete && Object.keys(options).length > 0
  const columns = { [key]: { ...option, type, ...nullValues } }
  return {
    type,
    rejects: nullValues.nullValues === undefined ? misfits : 0,
    options: isEnough ? options : { columns, ...options },
  }
}

/** Why a column is text, and which options would give it a type. */
export const describeAlmostTyped = (
  column: Pick<PlannedColumn, "key" | "name" | "option">,
  almost: AlmostType,
  types: LoadOptions["types"],
): AlmostTyped => {
  const { first, misfits, same } = almost
  const isNull = first !== null && same === misfits && nullWord.test(first.value)
  const nullValues = isNull ? { nullValues: [...(column.option?.nullValues ?? []), first.value] } : {}
  const choices = almost.choices.map((choice) => choiceOf(column, almost, choice, nullValues, types))
  const type = choices[0]?.type ?? "text"
  const value = first === null ? null : Array.from(first.value).slice(0, maxShown).join("")
  const hint = choices.map(({ options }) => written(options)).join(" or ")
  const isAsked = types === "infer" || types === "lenient"
  const name = `Column ${JSON.stringify(column.name)}`
  const file = first?.fileUrl === undefined ? "" : ` of ${first.fileUrl}`
  const place =
    first?.line == null ? JSON.stringify(value) : `line ${first.line}${file}: ${JSON.stringify(value)}`
  const others = misfits === 1 ? "all other values are" : `all but ${misfits} values are`
  const message = (): string => {
    if (choices.length > 1) {
      const readings = choices.map((choice) => `${choice.type} with ${written(choice.options)}`).join(", or ")
      const state = isAsked ? "stayed text" : "would stay text"
      const rest =
        first === null ? "" : `, except ${misfits === 1 ? "" : `${misfits} of them, such as `}${place}`
      return `${name} ${state}: its values can be read in two ways, as ${readings}${rest}. Give one of them.`
    }
    if (first === null)
      return isAsked
        ? `${name} stayed text, but all its values are ${type} with ${hint}.`
        : `${name} would be ${type} with ${hint}.`
    return isAsked
      ? `${name} stayed text: ${place} is no ${type}; ${others}: ${hint}?`
      : `${name} would be ${type} but for ${place}; ${others}: ${hint}?`
  }
  return {
    column: column.name,
    type,
    misfits,
    line: first?.line ?? null,
    ...(first?.fileUrl === undefined ? {} : { fileUrl: first.fileUrl }),
    value,
    hint,
    choices,
    message: message(),
  }
}
