import * as Effect from "effect/Effect"
import { Client, type ClientBase, type ClientConfig, type Connection } from "pg"
import type { UnpublishedClient, UnpublishedConnection } from "./UnpublishedPg.ts"

/** The client's socket, or its TLS stream. */
export const streamOf = (client: ClientBase): Connection["stream"] =>
  (client as UnpublishedClient).connection.stream

/**
 * Asks the server to cancel the client's current statement, over a connection of its own (Postgres documentation,
 * 54.2.9, "Canceling Requests in Progress"). Returns whether the request was delivered: the server closes the
 * connection after that. A request that is not known to be delivered may arrive later and cancel a later statement.
 * The outcome of the cancelled statement shows whether the request had an effect.
 */
export const requestCancel = (config: ClientConfig, client: ClientBase): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const { processID, secretKey } = client as UnpublishedClient
    const requester = new Client(config)
    const connection = requester.connection as UnpublishedConnection
    let isSent = false
    let hasFailed = false
    const send = () => {
      isSent = true
      connection.cancel(processID, secretKey)
    }
    const done = () => resume(Effect.succeed(isSent && !hasFailed))
    connection.on("connect", () => {
      if (!connection.ssl) send()
      else if (connection.sslNegotiation !== "direct") connection.requestSsl()
    })
    connection.on("sslconnect", send)
    connection.on("error", () => {
      hasFailed = true
      done()
    })
    connection.on("end", done)
    if (requester.host.startsWith("/")) connection.connect(`${requester.host}/.s.PGSQL.${requester.port}`)
    else connection.connect(requester.port, requester.host)
    return Effect.sync(() => void connection.stream.destroy())
  })
