import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client, type ClientBase, type Connection } from "pg"

/** What pg's client and connection can do beyond their published types (pg 8, lib/client.js, lib/connection.js). */
interface Backend extends ClientBase {
  readonly connection: Connection
  readonly processID: number
  readonly secretKey: number
}
interface Line extends Connection {
  readonly ssl: unknown
  readonly sslNegotiation: string
  readonly connect: (portOrPath: number | string, host?: string) => void
  readonly requestSsl: () => void
  readonly cancel: (processID: number, secretKey: number) => void
}

/** The socket of a client, or what encrypts it. */
export const streamOf = (client: ClientBase): Connection["stream"] => (client as Backend).connection.stream

/**
 * Asks the server to cancel the statement that the client is running, over a connection of its own (Postgres
 * documentation, 54.2.9, "Canceling Requests in Progress"). Answers whether the server has passed the request on:
 * it does so before it closes the line. A request of which that is not known may still arrive, and then cancels
 * whatever the connection runs by that time. What came of it, the statement's own answer tells.
 */
export const requestCancel = (url: Redacted.Redacted, client: ClientBase): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const { processID, secretKey } = client as Backend
    const asking = new Client({ connectionString: Redacted.value(url) })
    const line = asking.connection as Line
    let isSent = false
    let isBroken = false
    const send = () => {
      isSent = true
      line.cancel(processID, secretKey)
    }
    const done = () => resume(Effect.succeed(isSent && !isBroken))
    line.on("connect", () => {
      if (!line.ssl) send()
      else if (line.sslNegotiation !== "direct") line.requestSsl()
    })
    line.on("sslconnect", send)
    line.on("error", () => {
      isBroken = true
      done()
    })
    // The server answers by closing the connection.
    line.on("end", done)
    if (asking.host.startsWith("/")) line.connect(`${asking.host}/.s.PGSQL.${asking.port}`)
    else line.connect(asking.port, asking.host)
    return Effect.sync(() => void line.stream.destroy())
  })
