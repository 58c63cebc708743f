import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as CsvServer from "../support/CsvServer.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { startApi, startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "waiting for a change of a job",
  (it) => {
    it.effect("every API process learns of every change, no matter which process made it", () =>
      Effect.gen(function* () {
        const { api, environment, files } = yield* TestService
        const other = ServiceClient.make((yield* startApi(environment)).origin)
        yield* files.serve("/trips.csv", CsvServer.file("id\n1\n"))

        const cancelled = yield* api.create(files.url("/trips.csv"))
        const waiting = yield* Effect.forkChild(Effect.timed(other.changed(cancelled)))
        // The request above has begun to wait before the cancel, or it returns the final state at once.
        yield* api.cancel(cancelled)
        const [duration, job] = yield* Fiber.join(waiting)
        assert.strictEqual(job.state, "cancelled")
        assert.isBelow(Duration.toSeconds(duration), 4)

        yield* startWorker(environment)
        const loaded = yield* api.create(files.url("/trips.csv"))
        const states: Array<string> = []
        const start = Date.now()
        while (states.at(-1) !== "completed") states.push((yield* other.changed(loaded)).state)
        // Without a signal, a change would be seen after five seconds.
        assert.isBelow(Date.now() - start, 4000)
      }),
    )
  },
)
