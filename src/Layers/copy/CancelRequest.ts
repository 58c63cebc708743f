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
 * documentation, 54.2.9, "Canceling Requests in Progress"). Done when the server has passed the request on, or
 * when it cannot be asked: what came of it, the statement's own answer tells.
 */
export const requestCancel = (url: Redacted.Redacted, client: ClientBase): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const { processID, secretKey } = client as Backend
    const asking = new Client({ connectionString: Redacted.value(url) })
    const line = asking.connection as Line
    const send = () => line.cancel(processID, secretKey)
    const done = () => resume(Effect.void)
    line.on("connect", () => {
      if (!line.ssl) send()
      else if (line.sslNegotiation !== "direct") line.requestSsl()
    })
    line.on("sslconnect", send)
    line.on("error", done)
    // The server answers by closing the connection.
    line.on("end", done)
    if (asking.host.startsWith("/")) line.connect(`${asking.host}/.s.PGSQL.${asking.port}`)
    else line.connect(asking.port, asking.host)
    return Effect.sync(() => void line.stream.destroy())
  })
