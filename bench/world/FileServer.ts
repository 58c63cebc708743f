import * as Effect from "effect/Effect"
import { dataFolder, type DataFile } from "../files/DataFiles.ts"
import * as Child from "./Child.ts"

/** Serves the data files by HTTP from a process of its own. */
export interface FileServer {
  readonly urlOf: (file: DataFile) => string
}

export const start = Effect.gen(function* () {
  const { ready } = yield* Child.start(
    { program: process.execPath, arguments: ["bench/processes/fileServer.ts", dataFolder] },
    /Listening on (\S+)/,
  )
  return { urlOf: (file) => `${ready[1]!}/${file.name}` } satisfies FileServer
})
