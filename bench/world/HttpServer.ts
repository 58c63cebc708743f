import { createServer, type RequestListener } from "node:http"
import * as Effect from "effect/Effect"
import { attempt } from "../BenchFailure.ts"

/**
 * Serves HTTP in this process on a free port, until the scope closes. Returns the port.
 *
 * @param host address to listen at
 */
export const start = (listener: RequestListener, host: string) =>
  Effect.acquireRelease(
    attempt("serve files", async () => {
      const server = createServer(listener)
      const { promise, resolve } = Promise.withResolvers<void>()
      server.listen(0, host, resolve)
      await promise
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      }),
  ).pipe(
    Effect.map((server) => {
      const address = server.address()
      return typeof address === "object" && address !== null ? address.port : 0
    }),
  )
