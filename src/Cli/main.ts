#!/usr/bin/env node
import "../Bytes/exactJsonNames.ts"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { messageOf } from "../Layers/process/describeFailure.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { Screen } from "./output/Screen.ts"
import { OwnService } from "./server/OwnService.ts"
import { run } from "./sluice.ts"

/** An option or a variable is wrong, so that another attempt fails, too. */
const isOfSettings = (tag: string): boolean =>
  ["ConfigError", "SettingsInvalid", "DatabaseSettingsInvalid"].includes(tag)

const ownService = Layer.effect(
  OwnService,
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const memoMap = Layer.makeMemoMapUnsafe()
    return OwnService.of({
      start: Effect.fnUntraced(
        function* (database, runsJobs) {
          // The service is most of the program: a command that asks a server starts in a third of the time without it.
          const { OwnApi, serviceOn } = yield* Effect.promise(() => import("./withoutServer/main.ts"))
          const context = yield* Layer.buildWithMemoMap(serviceOn(database, runsJobs), memoMap, scope).pipe(
            Effect.timeoutOrElse({
              duration: "1 minute",
              orElse: () =>
                new CommandFailed({ message: "the database does not respond", exit: "unavailable" }),
            }),
          )
          return Context.get(context, OwnApi)
        },
        Effect.mapError((error) =>
          error._tag === "CommandFailed"
            ? error
            : new CommandFailed({
                message: messageOf(error),
                exit: isOfSettings(error._tag) ? "usage" : "unavailable",
              }),
        ),
      ),
    })
  }),
)

run.pipe(
  Effect.provide(
    Layer.mergeAll(Screen.layer, NodeHttpClient.layerNodeHttp, ownService).pipe(
      Layer.provideMerge(NodeServices.layer),
    ),
  ),
  (program) => NodeRuntime.runMain(program, { disableErrorReporting: true }),
)
