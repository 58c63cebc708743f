import { layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"
import { loadAndCompare } from "./odd/loading.ts"
import { oddFiles } from "./odd/oddFiles.ts"

const Service = Layer.effectDiscard(
  Effect.flatMap(TestService, ({ environment }) => startWorker(environment)),
).pipe(Layer.provideMerge(TestService.layer({ MAX_ATTEMPTS: "1" })))

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("an odd file loads:", (it) => {
  for (const [n, file] of oddFiles.entries())
    it.effect(file.name, () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        const path = `/odd_${n}.csv`
        yield* files.serve(path, CsvServer.file(file.body, file.headers))
        yield* loadAndCompare({ api, sql, url: files.url }, file, path)
      }),
    )
})
