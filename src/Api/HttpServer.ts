import * as Layer from "effect/Layer"
import { HttpIncomingMessage, HttpMiddleware, HttpRouter, UrlParams } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "./contract/Api.ts"
import { layerAuthorization } from "./http/Authorization.ts"
import { layerBodyGuard, maxBodySize } from "./http/BodyGuard.ts"
import { layerBrowserGuard } from "./http/browsers/BrowserGuard.ts"
import { layerCrossOriginSharing } from "./http/browsers/CrossOriginSharing.ts"
import { layerHomePage } from "./http/pages/HomePage.ts"
import { layerInvalidInput } from "./http/input/InvalidInput.ts"
import { EventStreams } from "./events/EventStreams.ts"
import { JobFeed } from "./events/JobFeed.ts"
import { JobStreams } from "./events/JobStreams.ts"
import { layerEventsHandlers } from "./handlers/EventsHandlers.ts"
import { layerJobListHandlers } from "./handlers/JobListHandlers.ts"
import { layerJobsHandlers } from "./handlers/JobsHandlers.ts"
import { layerPageLimit } from "./http/limits/PageLimit.ts"
import { HeldRequests } from "./http/HeldRequests.ts"
import { layerMethodGuard } from "./http/MethodGuard.ts"
import { layerPreviewHandlers } from "./handlers/PreviewHandlers.ts"
import { layerProblemResponses } from "./http/ProblemResponses.ts"
import { layerReferencePage } from "./http/pages/ReferencePage.ts"
import { layerWebPageFiles } from "./http/pages/WebPageRoutes.ts"
import { Refusals } from "./http/log/Refusals.ts"
import { layerRequestLog } from "./http/log/RequestLog.ts"
import { isQuiet, routePathOf, routerConfig } from "./http/RoutePaths.ts"
import { layerSourcesHandlers } from "./handlers/SourcesHandlers.ts"
import { layerSystemHandlers } from "./handlers/SystemHandlers.ts"
import { layerTablesHandlers } from "./handlers/TablesHandlers.ts"
import { layerUploadHandlers } from "./handlers/UploadHandlers.ts"

const layerEndpoints = HttpApiBuilder.layer(Api).pipe(
  Layer.provide([
    layerJobsHandlers,
    layerJobListHandlers,
    layerEventsHandlers.pipe(Layer.provide([EventStreams.layer, JobFeed.layer, JobStreams.layer])),
    layerPreviewHandlers,
    layerTablesHandlers,
    layerSourcesHandlers,
    layerUploadHandlers,
    layerSystemHandlers,
  ]),
  Layer.provide([layerInvalidInput, layerAuthorization]),
)

/** Outermost last. The log is outside of everything else, so it has the response that is really sent. */
const layerMiddleware = layerMethodGuard.pipe(
  Layer.provideMerge(layerPageLimit),
  Layer.provideMerge(layerBodyGuard),
  Layer.provideMerge(layerBrowserGuard),
  Layer.provideMerge(layerProblemResponses),
  Layer.provideMerge(layerCrossOriginSharing),
  Layer.provideMerge(layerRequestLog),
)

/** How requests are read, and what is traced of them. */
const layerRequestSettings = Layer.mergeAll(
  Layer.succeed(HttpIncomingMessage.MaxBodySize, maxBodySize),
  Layer.succeed(HttpMiddleware.TracerDisabledWhen, (request) => isQuiet(request.url)),
  Layer.succeed(HttpMiddleware.SpanNameGenerator, (request) => {
    const route = routePathOf(request.url)
    return route === undefined ? request.method : `${request.method} ${route.path}`
  }),
  // Of the query, only jobId is traced. A fileUrl put there by mistake may contain credentials.
  Layer.succeed(UrlParams.CurrentRedactedNames, [/^(?!jobId$)/]),
)

/** All routes of the service, for an `HttpRouter`. */
export const layerRoutes = Layer.mergeAll(
  layerEndpoints,
  layerHomePage,
  layerWebPageFiles,
  layerReferencePage,
).pipe(
  Layer.provideMerge(layerMiddleware),
  Layer.provide([Refusals.layer, HeldRequests.layer, layerRequestSettings]),
)

/**
 * The API on the provided `HttpServer`, which has the connection limits: on Node `gracefulShutdownTimeout` (requests in
 * flight may finish, others get 503), `headersTimeout`, `requestTimeout`, and the event `clientError` for
 * `connectionErrorResponse`.
 */
export const layerHttpServer = HttpRouter.serve(layerRoutes, { disableLogger: true, routerConfig }).pipe(
  Layer.merge(HeldRequests.layerReleasedAtStop),
  Layer.provide([HeldRequests.layer, layerRequestSettings]),
)
