import * as Effect from "effect/Effect"
import { FetchHttpClient } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../../src/Api/contract/Api.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"

export const load = (baseUrl: string, fileUrl: string) =>
  Effect.gen(function* () {
    const client = yield* HttpApiClient.make(Api, { baseUrl })
    const payload = { fileUrl: SourceUrl.make(fileUrl), types: "infer" } as const
    const { body } = yield* client.jobs.download({ headers: {}, payload })
    const job = yield* client.jobs.status({ query: { jobId: body.jobId } })
    return `${job.table} is ${job.state}`
  }).pipe(
    Effect.catchTag("TableNameTaken", ({ table }) => Effect.succeed(`${table} exists`)),
    Effect.provide(FetchHttpClient.layer),
  )
