import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Argument, Command, Flag } from "effect/cli"
import { SourceBody } from "../../../Api/contract/LoadBody.ts"
import { SourceIdField, SourcesPage } from "../../../Api/contract/SourcesApi.ts"
import { SourceChange } from "../../../Domain/refresh/SourceChange.ts"
import type { SourceCursor } from "../../../Domain/refresh/Sources.ts"
import { checked } from "../../checked.ts"
import { followJob } from "../../followJob.ts"
import { changeFlags, scheduleFlags, sourceFlags } from "../../loadFlags.ts"
import { optionOf } from "../../optionName.ts"
import { writeLines } from "../../output/writeBytes.ts"
import { writeData } from "../../output/writeData.ts"
import { everyPage } from "../../server/everyPage.ts"
import { askServer } from "../../server/Server.ts"
import { idArgument } from "../idArgument.ts"
import { showEnd } from "../showJob.ts"
import { describeSources, showSource } from "./showSource.ts"

const sourceArgument = idArgument("source", SourceIdField, "sluice source list")

const add = Command.make(
  "add",
  {
    url: Argument.String("URL").pipe(Argument.withDescription("http or https URL of a CSV file")),
    schedule: scheduleFlags,
    options: sourceFlags,
  },
  Effect.fnUntraced(function* ({ options, schedule, url }) {
    const payload = yield* checked(SourceBody, "body", { fileUrl: url, ...schedule, ...options })
    yield* showSource((yield* askServer((client) => client.sources.create({ headers: {}, payload }))).body)
  }),
).pipe(
  Command.withDescription("Keep a table current: load the file now, and again whenever it has changed."),
  Command.withExamples([
    {
      command: "sluice source add https://example.org/trips.csv --table-name trips --every 1h",
      description: "Look every hour whether the file has changed",
    },
  ]),
)

const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const { items, last } = yield* everyPage(
      (after: SourceCursor | undefined) =>
        askServer((client) => client.sources.list({ query: after === undefined ? {} : { after } })),
      (page) => page.sources,
    )
    yield* writeData(SourcesPage, { ...last, sources: items }, () => describeSources(items))
  }),
).pipe(Command.withDescription("List the sources."))

const show = Command.make(
  "show",
  { sourceId: sourceArgument },
  Effect.fnUntraced(function* (params) {
    yield* showSource(yield* askServer((client) => client.sources.get({ params })))
  }),
).pipe(Command.withDescription("Show a source with its latest runs."))

const set = Command.make(
  "set",
  {
    sourceId: sourceArgument,
    url: Flag.String("file-url").pipe(
      Flag.withDescription(
        "The source's URL, if secrets in it change; give its headers, or --unset headers, too",
      ),
      Flag.optional,
    ),
    options: changeFlags,
  },
  Effect.fnUntraced(function* ({ options, sourceId, url }) {
    const fileUrl = Option.getOrUndefined(url)
    const unset = [options["unset"] ?? []].flat().map((name) => optionOf(String(name)))
    const payload = yield* checked(SourceChange, "body", {
      ...options,
      fileUrl,
      unset: unset.length === 0 ? undefined : unset,
    })
    yield* showSource(yield* askServer((client) => client.sources.change({ params: { sourceId }, payload })))
  }),
).pipe(
  Command.withDescription("Change options of a source. Those that are not given stay."),
  Command.withExamples([
    {
      command: "sluice source set SOURCE --every 6h --unset headers",
      description: "Run every six hours, and without the previous headers",
    },
  ]),
)

const refresh = Command.make(
  "refresh",
  {
    sourceId: sourceArgument,
    wait: Flag.Boolean("wait").pipe(
      Flag.withAlias("w"),
      Flag.withDescription("Follow the run until it ends, and fail if it does"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ wait, ...params }) {
    const { jobId } = (yield* askServer((client) => client.sources.refresh({ params }))).body
    if (wait) return yield* showEnd(yield* followJob(jobId))
    yield* writeLines([jobId])
  }),
).pipe(Command.withDescription("Run a source now. Writes the id of the run, which is a job."))

const pause = Command.make(
  "pause",
  { sourceId: sourceArgument },
  Effect.fnUntraced(function* (params) {
    yield* showSource(yield* askServer((client) => client.sources.pause({ params })))
  }),
).pipe(Command.withDescription("Plan no more runs of a source."))

const resume = Command.make(
  "resume",
  { sourceId: sourceArgument },
  Effect.fnUntraced(function* (params) {
    yield* showSource(yield* askServer((client) => client.sources.resume({ params })))
  }),
).pipe(Command.withDescription("Start a paused or stopped source again."))

const remove = Command.make(
  "remove",
  { sourceId: sourceArgument },
  Effect.fnUntraced(function* (params) {
    yield* askServer((client) => client.sources.remove({ params }))
  }),
).pipe(Command.withDescription("Delete a source. Its table and its jobs stay."))

/** Sources, by their subcommands. */
export const source = Command.make("source").pipe(
  Command.withDescription(
    "Keep tables current: add, list, show, set, refresh, pause, resume and remove sources.",
  ),
  Command.withSubcommands([add, list, show, set, refresh, pause, resume, remove]),
)
