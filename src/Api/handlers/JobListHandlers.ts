import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { JobList } from "../../Domain/job/list/JobList.ts"
import { Api } from "../contract/Api.ts"
import { encodePlace } from "../contract/JobListApi.ts"
import { defaultPageSize } from "../contract/parameters/cursor.ts"
import { nextPageLink } from "../http/nextPageLink.ts"
import { askDatabase } from "./askDatabase.ts"
import { refuseUnmatchable } from "./refuseUnmatchable.ts"

/** The handlers of the list of jobs. */
export const layerJobListHandlers = HttpApiBuilder.group(
  Api,
  "jobList",
  Effect.fnUntraced(function* (handlers) {
    const list = yield* JobList
    return handlers.handleAll({
      list: Effect.fn("JobListApi.list")(function* ({
        query: { after = null, limit = defaultPageSize, ...filter },
      }) {
        if (after === null) yield* refuseUnmatchable(list, filter)
        const { url } = yield* HttpServerRequest.HttpServerRequest
        const page = yield* askDatabase(list.page(filter, { after, limit }))
        return HttpApiSchema.withHeaders({
          body: page,
          headers: page.next === null ? {} : { link: nextPageLink(url, encodePlace(page.next)) },
        })
      }),
    })
  }),
)
