import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { promisify } from "node:util"
import { WebPage } from "../../Domain/service/WebPage.ts"
import { messageOf } from "../process/describeFailure.ts"
import { buildScript, isUpToDate, pageFolder } from "./pageBuild.ts"

class BuildFailed extends Data.TaggedError("BuildFailed")<{ readonly cause: unknown }> {}

/** In a process of its own, whose memory is free again when it ends. */
const build = Effect.tryPromise({
  try: (signal) => promisify(execFile)(process.execPath, [buildScript], { signal }),
  catch: (cause) => new BuildFailed({ cause }),
})

/** Fails if a source of the page cannot be read. */
const checkUpToDate = Effect.try({ try: isUpToDate, catch: (cause) => new BuildFailed({ cause }) })

const builtPage = Effect.gen(function* () {
  if (yield* checkUpToDate) return pageFolder
  yield* Effect.logInfo("building the web page, because it is not built yet or its sources have changed")
  const [took] = yield* Effect.timed(build)
  yield* Effect.logInfo("the web page is built").pipe(
    Effect.annotateLogs({ seconds: Duration.toSeconds(took) }),
  )
  return pageFolder
}).pipe(
  Effect.catch(({ cause }) =>
    Effect.as(
      Effect.logWarning(
        `the web page could not be built, so / has only links. Run npm ci and npm run build:page: ${messageOf(cause)}`,
      ),
      null,
    ),
  ),
)

/** The built page. A clone builds it in the background, while the API already listens. */
export const layer = Layer.effect(
  WebPage,
  Effect.gen(function* () {
    if (!existsSync(buildScript)) return Effect.succeed(existsSync(pageFolder) ? pageFolder : null)
    return Fiber.join(yield* Effect.forkScoped(builtPage))
  }),
)
