import { createServer } from "node:net"
import * as Effect from "effect/Effect"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

/** Returns `port`, or a free port if it is 0; fails if another program listens on it at 127.0.0.1. */
export const find = (port: number): Effect.Effect<number, EmbeddedPostgresError> =>
  Effect.callback((resume) => {
    const listener = createServer()
    listener.once("error", (cause) =>
      resume(
        Effect.fail(
          new EmbeddedPostgresError({
            reason: "PortInUse",
            message: `Port ${port}, for Postgres, is not free: ${cause.message}`,
            cause,
          }),
        ),
      ),
    )
    listener.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = listener.address()
      const bound = typeof address === "object" && address !== null ? address.port : port
      listener.close(() => resume(Effect.succeed(bound)))
    })
  })
