import * as Effect from "effect/Effect"
import type { DataFile } from "../files/DataFiles.ts"
import type { Database } from "../world/Database.ts"
import type { Contender } from "./Contender.ts"
import { measured } from "./Tool.ts"
import { forTool } from "./ToolConnection.ts"

const table = "bench_ogr2ogr"

/** GDAL's ogr2ogr with COPY. It creates its own table, with `varchar` columns and a serial key that cannot be omitted. */
export const ogr2ogr = (database: Database): Contender => ({
  name: "ogr2ogr",
  prepare: Effect.fnUntraced(function* (file: DataFile) {
    const { environment, url } = yield* forTool(database)
    const load = measured(
      database,
      {
        program: "ogr2ogr",
        arguments:
          `-f PostgreSQL -nln ${table} -nlt NONE -lco LAUNDER=NO -oo AUTODETECT_TYPE=NO --config PG_USE_COPY YES`
            .split(" ")
            .concat(url, file.path),
        environment,
      },
      table,
    )
    return { load }
  }),
})
