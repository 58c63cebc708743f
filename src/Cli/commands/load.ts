import * as Effect from "effect/Effect"
import { Argument, Command, Flag } from "effect/cli"
import { LoadBody } from "../../Api/contract/LoadBody.ts"
import { checked, type GivenOptions } from "../checked.ts"
import { usageError } from "../CommandFailed.ts"
import { followJob } from "../followJob.ts"
import { loadFlags } from "../loadFlags.ts"
import { Screen } from "../output/Screen.ts"
import { writeLines } from "../output/writeBytes.ts"
import { Json } from "../server/ServerFlags.ts"
import { ask, connect, runJobs } from "../server/Server.ts"
import { uploadFile } from "../uploadFile.ts"
import { showEnd } from "./showJob.ts"

const wait = Flag.Boolean("wait").pipe(
  Flag.withAlias("w"),
  Flag.withDescription("Follow the job until it ends, and fail if it does; always for a FILE and with --db"),
  Flag.withDefault(false),
)

const isUrl = (source: string): boolean => source.includes("://")

const loadUrls = Effect.fnUntraced(function* (
  urls: ReadonlyArray<string>,
  options: GivenOptions,
  wait: boolean,
) {
  const screen = yield* Screen
  const payload = yield* checked(LoadBody, "body", {
    fileUrl: urls.length === 1 ? urls[0] : urls,
    ...options,
  })
  yield* runJobs
  const { jobId } = (yield* ask((client) => client.jobs.download({ headers: {}, payload }))).body
  const { isOwn } = yield* connect
  if (wait || isOwn) {
    yield* screen.say(`Created job ${jobId}`)
    const leave = isOwn
      ? Effect.ignore(ask((client) => client.jobs.cancel({ query: { jobId }, payload: null })))
      : screen.say(`The job continues. Cancel it with: sluice cancel ${jobId}`)
    return yield* showEnd(yield* Effect.onInterrupt(followJob(jobId), () => leave))
  }
  yield* writeLines([(yield* Json) ? JSON.stringify({ jobId }) : jobId])
  yield* screen.say(`Follow it with: sluice watch ${jobId}`)
})

export const load = Command.make(
  "load",
  {
    sources: Argument.String("URL|FILE|-").pipe(
      Argument.withDescription(
        "http or https URL of a CSV file, or several for one table; or one file of this machine, or standard input",
      ),
      Argument.atLeast(1),
    ),
    wait,
    options: loadFlags,
  },
  Effect.fnUntraced(function* ({ options, sources, wait }) {
    if (sources.some((source) => source.trim() === ""))
      return yield* usageError("the source is empty: give a URL, the path of a file, or - for standard input")
    if (sources.every(isUrl)) return yield* loadUrls(sources, options, wait)
    const [source = "", ...others] = sources
    if (others.length > 0)
      return yield* usageError(
        "several files of one load must be URLs. Send files of this machine one by one, the others with --mode append.",
      )
    yield* showEnd(yield* uploadFile(source, options))
  }),
).pipe(
  Command.withDescription(
    "Load a CSV file into a table. Writes the job's id to standard output, or the finished job if it waits for it.",
  ),
  Command.withExamples([
    {
      command: "sluice load https://example.org/trips.csv --wait",
      description: "Load a file into a new table",
    },
    {
      command:
        "sluice load https://example.org/may.csv https://example.org/june.csv --table-name trips --source-column file",
      description: "Load several files into one table",
    },
    { command: "sluice load trips.csv --table-name trips --mode append", description: "Send a file" },
    {
      command: "sluice load https://example.org/trips.csv --table-name trips --mode upsert --key id",
      description: "Bring a table up to date",
    },
  ]),
)
