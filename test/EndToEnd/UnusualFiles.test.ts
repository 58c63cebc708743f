import { layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CsvServer from "../support/CsvServer.ts"
import { TestService } from "../support/TestService.ts"
import { loadAndCompare } from "./unusual/loadAndCompare.ts"
import { unusualFiles } from "./unusual/unusualFiles.ts"

const Service = TestService.layerWithWorker({ MAX_ATTEMPTS: "1" })

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("unusual files", (it) => {
  for (const [n, file] of unusualFiles.entries())
    it.effect(`a file with ${file.name} is loaded`, () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        const path = `/unusual_${n}.csv`
        yield* files.serve(path, CsvServer.file(file.body, file.headers))
        yield* loadAndCompare({ api, sql, url: files.url }, file, path)
      }),
    )
})
