import * as Effect from "effect/Effect"
import { dataFolder, type DataFile } from "../files/DataFiles.ts"
import * as Child from "./Child.ts"

/** A separate process that serves the data files over HTTP. */
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
