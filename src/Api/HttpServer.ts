import * as ByteSize from "effect/ByteSize"
import * as Layer from "effect/Layer"
import { HttpIncomingMessage, HttpMiddleware, HttpRouter, UrlParams } from "effect/http"
import { HttpApiBuilder, HttpApiScalar } from "effect/http-api"
import { Api } from "./contract/Api.ts"
import { layerAuthorization } from "./http/Authorization.ts"
import { layerInvalidInput } from "./http/InvalidInput.ts"
import { layerJobsHandlers } from "./handlers/JobsHandlers.ts"
import { layerMethodGuard } from "./http/MethodGuard.ts"
import { layerPreviewHandlers } from "./handlers/PreviewHandlers.ts"
import { layerProblemResponses } from "./http/ProblemResponses.ts"
import { layerRequestLog } from "./http/RequestLog.ts"
import { docsPath, isQuiet, openApiPath, routePathOf } from "./http/RoutePaths.ts"
import { layerSystemHandlers } from "./handlers/SystemHandlers.ts"

/** Largest body a request may have, whether it declares its length or not. */
const maxBodySize = ByteSize.kibibytes(64)

const layerEndpoints = HttpApiBuilder.layer(Api, { openapiPath: openApiPath }).pipe(
  Layer.provide([layerJobsHandlers, layerPreviewHandlers, layerSystemHandlers]),
  Layer.provide([layerInvalidInput, layerAuthorization]),
)

/** The order is that of wrapping, the outermost first: the log sees what is really sent. */
const layerMiddleware = layerMethodGuard.pipe(
  Layer.provideMerge(layerProblemResponses),
  Layer.provideMerge(layerRequestLog),
)

/** How a request is read and what of it is traced. */
const layerRequestSettings = Layer.mergeAll(
  Layer.succeed(HttpIncomingMessage.MaxBodySize, maxBodySize),
  Layer.succeed(HttpMiddleware.TracerDisabledWhen, (request) => isQuiet(request.url)),
  Layer.succeed(HttpMiddleware.SpanNameGenerator, (request) => {
    const route = routePathOf(request.url)
    return route === undefined ? request.method : `${request.method} ${route.path}`
  }),
  // Of a query only the job's id is fit to be traced: a fileUrl put there by mistake may hold credentials.
  Layer.succeed(UrlParams.CurrentRedactedNames, [/^(?!jobId$)/]),
)

/** The page is complete in itself: it fetches no fonts and reports no use (`telemetry`, on by default there). */
const referencePage = { withDefaultFonts: false, telemetry: false }

/** Everything that is served, as routes for an `HttpRouter`. Needs `Jobs`, `CsvSource`, `Readiness` and `ApiKeys`. */
export const layerRoutes = Layer.mergeAll(
  layerEndpoints,
  HttpApiScalar.layer(Api, { path: docsPath, scalar: referencePage }),
).pipe(Layer.provideMerge(layerMiddleware), Layer.provide(layerRequestSettings))

/**
 * The API on whatever `HttpServer` is provided. The limits of connections are that server's: on Node
 * `gracefulShutdownTimeout` (requests in flight may finish, the rest is answered 503), `headersTimeout`,
 * `requestTimeout`, and the event `clientError` for `connectionErrorResponse`.
 */
export const layerHttpServer = HttpRouter.serve(layerRoutes, { disableLogger: true }).pipe(
  Layer.provide(layerRequestSettings),
)
