import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../../Api/contract/Api.ts"
import { parseWebUrl } from "../../Domain/source/SourceUrl.ts"
import { usageError } from "../CommandFailed.ts"
import { explainFailure } from "./explainFailure.ts"
import { OwnService } from "./OwnService.ts"
import { ApiKey, Database, ServerUrl } from "./ServerFlags.ts"

/** A client whose requests are changed first, such as to have a body that streams. */
const clientOf =
  (httpClient: HttpClient.HttpClient, baseUrl: string) =>
  (change: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest) =>
    HttpApiClient.makeWith(Api, { httpClient: HttpClient.mapRequest(httpClient, change), baseUrl })

const unchanged = (request: HttpClientRequest.HttpClientRequest) => request

const onlyDatabase = (flag: string) =>
  usageError(`--db runs the command without a server, and ${flag} is about one: give only one of them`)

const environment = Config.all({
  url: Config.String("SLUICE_URL").pipe(Config.withDefault("http://localhost:3000")),
  key: Config.Redacted("SLUICE_API_KEY").pipe(Config.option),
})

/** The server that the flags name, or the service in this process. */
export const connect = Effect.gen(function* () {
  const database = yield* Database
  const givenUrl = yield* ServerUrl
  const givenKey = yield* ApiKey
  if (Option.isSome(database)) {
    if (Option.isSome(givenUrl)) return yield* onlyDatabase("--url")
    if (Option.isSome(givenKey)) return yield* onlyDatabase("--api-key")
    const clientFor = clientOf(yield* (yield* OwnService).start(database.value, false), "http://localhost")
    return { client: yield* clientFor(unchanged), clientFor, url: "the database", isOwn: true }
  }
  const variables = yield* Effect.orDie(environment)
  const url = Option.getOrElse(givenUrl, () => variables.url).replace(/\/+$/, "")
  if (parseWebUrl(url) === null)
    return yield* usageError(`--url is no http or https URL such as http://localhost:3000: ${url}`)
  const key = Option.orElse(givenKey, () => variables.key)
  const withKey = Option.isNone(key) ? unchanged : HttpClientRequest.bearerToken(key.value)
  const clientFor = clientOf(HttpClient.mapRequest(yield* HttpClient.HttpClient, withKey), url)
  return { client: yield* clientFor(unchanged), clientFor, url, isOwn: false }
})

/** With `--db`, runs jobs in this process from now on. Only commands that need the end of a job do: others change no job by running. */
export const runJobs = Effect.gen(function* () {
  const database = yield* Database
  if (Option.isSome(database)) yield* (yield* OwnService).start(database.value, true)
})

type Client = Effect.Success<typeof connect>["client"]

/**
 * One request to the server.
 *
 * @param isOption whether a field of the request is an argument of the command
 */
export const ask = Effect.fnUntraced(function* <A, E, R>(
  request: (client: Client) => Effect.Effect<A, E, R>,
  isOption?: (field: string) => boolean,
) {
  const { client, url } = yield* connect
  return yield* Effect.mapError(request(client), explainFailure(url, isOption))
})

/** One request that only a server can fulfil, because it must go on when this process has ended. */
export const askServer: typeof ask = (request) =>
  Effect.gen(function* () {
    if (Option.isSome(yield* Database))
      return yield* usageError(
        "--db has nobody to run sources at their times: start a server on the database, and use --url",
      )
    return yield* ask(request)
  })
