import * as Effect from "effect/Effect"
import { Argument, Flag } from "effect/cli"
import { ExportParameters } from "../../../Api/contract/TableRows.ts"
import { isFilter } from "../../../Domain/rows/RowsRequest.ts"
import { usageError } from "../../CommandFailed.ts"
import { fieldFlag } from "../../fieldFlag.ts"
import { ask } from "../../server/Server.ts"

export const tableArgument = Argument.String("table").pipe(
  Argument.withDescription(
    "The table's name, or its schema and name with a dot between them, from sluice tables",
  ),
)

const columnsFlag = (name: "select" | "order") =>
  fieldFlag(name, ExportParameters[name]).pipe(Flag.withMetavar("<columns>"))

/** Which rows and columns, and in which order. */
export const selectionFlags = {
  target: fieldFlag("target", ExportParameters.target).pipe(Flag.withMetavar("<database>")),
  filter: Flag.String("filter").pipe(
    Flag.withMetavar("<column=operator.value>"),
    Flag.withDescription(
      "Only rows that match, as in the API: fare=gte.10, city=in.(Brno,Graz), or=(a.eq.1,b.is.null). Repeat it for rows that match all",
    ),
    Flag.atLeast(0),
  ),
  select: columnsFlag("select"),
  order: columnsFlag("order"),
}

interface Selection {
  readonly target: string | undefined
  readonly filter: ReadonlyArray<string>
  readonly select: string | undefined
  readonly order: string | undefined
}

/** A name, in double quotes if it has an equals sign, and the rest. */
const condition = /^((?:"(?:[^"\\]|\\.)*"|[^"=])[^=]*)=(.*)$/s

/** One request, whose parameters are flags or columns. */
export const askRows: typeof ask = (request) => ask(request, (field) => !isFilter(field))

/** The query for a selection. */
export const selectionQuery = Effect.fnUntraced(function* ({ filter, order, select, target }: Selection) {
  const query: Record<string, string | ReadonlyArray<string>> = {}
  for (const each of filter) {
    const [, name, value] = condition.exec(each) ?? []
    if (name === undefined || value === undefined)
      return yield* usageError(
        `--filter must be given as column=operator.value, such as fare=gte.10: ${each}`,
      )
    if (!isFilter(name))
      return yield* usageError(
        `--filter ${each}: write a column named ${name} with double quotes, as in '"${name}"=eq.5'`,
      )
    query[name] = [query[name] ?? [], value].flat()
  }
  if (target !== undefined) query["target"] = target
  if (select !== undefined) query["select"] = select
  if (order !== undefined) query["order"] = order
  return query
})
