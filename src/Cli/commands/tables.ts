import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { Command } from "effect/cli"
import { TablesPage } from "../../Api/contract/TablesApi.ts"
import type { LoadedTable, TablePlace } from "../../Domain/job/Tables.ts"
import { formatBytes, formatCount } from "../output/formats.ts"
import { placeText } from "../output/placeText.ts"
import { textTable } from "../output/textTable.ts"
import { writeData } from "../output/writeData.ts"
import { everyPage } from "../server/everyPage.ts"
import { ask } from "../server/Server.ts"

const describe = (
  tables: ReadonlyArray<LoadedTable>,
  unavailable: ReadonlyArray<string>,
): ReadonlyArray<string> => [
  ...textTable([
    ["table", "rows", "size", "loaded", "file"],
    ...tables.map(({ bytes, fileUrl, fileUrls, loadedAt, rowsEstimate, rowsLoaded, ...place }) => [
      placeText(place),
      rowsEstimate === null
        ? `${formatCount(rowsLoaded)} in the last load`
        : `about ${formatCount(rowsEstimate)}`,
      formatBytes(bytes),
      DateTime.formatIso(loadedAt),
      fileUrls.length === 1 ? fileUrl : `${fileUrl} and ${fileUrls.length - 1} more`,
    ]),
  ]),
  ...(unavailable.length === 0
    ? []
    : [`Tables are missing here: no response from ${unavailable.join(", ")}.`]),
]

export const tables = Command.make(
  "tables",
  {},
  Effect.fnUntraced(function* () {
    const { items, last } = yield* everyPage(
      (after: TablePlace | undefined) =>
        ask((client) => client.tables.list({ query: after === undefined ? {} : { after } })),
      (page) => page.tables,
    )
    yield* writeData(TablesPage, { ...last, tables: items }, () => describe(items, last.unavailable))
  }),
).pipe(Command.withDescription("List the tables that were loaded."))
