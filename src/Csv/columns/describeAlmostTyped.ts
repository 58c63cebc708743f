import type { AlmostTyped } from "../../Domain/load/AlmostTyped.ts"
import type { AlmostType } from "../types/lenient/TextColumns.ts"

const maxShown = 40

/** Texts that usually mean NULL. */
const nullWord = /^(?:\(?<?(?:null|nil|none|n\/?a|#n\/a|nan|missing|unknown)>?\)?|-+|\.+|\?+|\\N|\s*)$/i

/** Options that decide between two readings of all values. */
const decisions: Readonly<Record<string, string>> = {
  decimal: "decimal=. or decimal=,",
  dateFormat: "dateFormat=DD/MM/YYYY or dateFormat=MM/DD/YYYY",
}

/** Why a column stayed text, and what to do. */
export const describeAlmostTyped = (
  column: string,
  { first, misfits, type, undecided }: AlmostType,
): AlmostTyped => {
  const name = JSON.stringify(column)
  if (first === null || misfits === 0) {
    const hint = decisions[undecided ?? ""] ?? "types=lenient"
    const message = `Column ${name} stayed text: its values can be read in two ways. Give ${hint}.`
    return { column, type, misfits: 0, line: null, value: null, hint, message }
  }
  const value = Array.from(first.value).slice(0, maxShown).join("")
  const isNull = nullWord.test(value)
  const option = isNull ? { nullValues: [value] } : { type }
  const hint =
    isNull && value.trim() !== "" ? `nullValues=${value}` : `columns=${JSON.stringify({ [column]: option })}`
  const where = first.line === null ? "the value" : `line ${first.line}:`
  const others = misfits === 1 ? "all other values are" : `all but ${misfits} values are`
  return {
    column,
    type,
    misfits,
    line: first.line,
    value,
    hint,
    message: `Column ${name} stayed text: ${where} ${JSON.stringify(value)} is no ${type}; ${others}: ${hint}?`,
  }
}
