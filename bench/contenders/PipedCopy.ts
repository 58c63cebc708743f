import * as Effect from "effect/Effect"
import type { DataFile } from "../files/DataFiles.ts"
import type { World } from "../world/World.ts"
import type { Contender } from "./Contender.ts"
import { createTextTable } from "./TextTable.ts"
import { measured } from "./Tool.ts"
import { forTool } from "./ToolConnection.ts"

const table = "bench_pipe"

/** Arguments: the file's URL, the database's, and the statement that creates the table, if psql creates it. */
const script = String.raw`
copy='\copy ${table} from pstdin with (format csv, header true)'
curl --silent --show-error --fail "$1" | gunzip -c |
  if [ -n "$3" ]
  then psql -X -q -v ON_ERROR_STOP=1 -d "$2" -c begin -c "$3" -c "$copy" -c commit
  else psql -X -q -v ON_ERROR_STOP=1 -d "$2" -c "$copy"
  fi
`

/**
 * `curl | gunzip | psql`, from the start of the shell to its end.
 *
 * @param options.createsTable creates and fills the table in one transaction; otherwise an empty table exists
 */
export const pipedCopy = (
  { database, files }: World,
  options: { readonly createsTable: boolean },
): Contender => ({
  name: String.raw`curl | gunzip | psql ${options.createsTable ? "create + " : ""}\copy`,
  prepare: Effect.fnUntraced(function* (file: DataFile) {
    const { environment, url } = yield* forTool(database)
    const create = createTextTable(table, file)
    if (!options.createsTable) yield* database.query(create)
    const command = {
      program: "bash",
      arguments: [
        "-o",
        "pipefail",
        "-c",
        script,
        "bash",
        files.urlOf(file),
        url,
        options.createsTable ? create : "",
      ],
      environment: { ...environment, LC_ALL: "C" },
    }
    const load = Effect.map(measured(database, command, table), (sample) => ({
      ...sample,
      // Of the shell alone.
      clientCpuSeconds: null,
      peakMemoryBytes: null,
    }))
    return { load }
  }),
})
