import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import { request } from "node:http"
import { jsonObject } from "./ApiHarness.ts"
import * as LogLines from "./LogLines.ts"

export interface ReceivedEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Opens a stream of events as a browser would. Its connection closes with the scope. */
export const openEvents = Effect.fnUntraced(function* (
  url: string,
  headers: Readonly<Record<string, string>> = {},
) {
  const events = LogLines.make<ReceivedEvent>()
  const head = Deferred.makeUnsafe<{
    readonly status: number
    readonly headers: Readonly<Record<string, unknown>>
  }>()
  const end = Deferred.makeUnsafe<void>()
  let text = ""
  const parser = Sse.makeParser((event) => {
    if (event._tag === "Event") events.add({ id: event.id, event: event.event, data: jsonObject(event.data) })
  })
  const sent = yield* Effect.acquireRelease(
    Effect.sync(() => request(url, { headers, agent: false })),
    (each) => Effect.sync(() => each.destroy()),
  )
  sent.on("response", (response) => {
    Deferred.doneUnsafe(head, Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers }))
    response.setEncoding("utf8")
    response.on("data", (chunk: string) => {
      text += chunk
      parser.feed(chunk)
    })
    response.on("close", () => Deferred.doneUnsafe(end, Effect.void))
  })
  sent.on("error", () => Deferred.doneUnsafe(end, Effect.void))
  sent.end()
  return {
    /** Waits for status and headers. */
    head: Deferred.await(head),
    events: events.lines,
    /** Waits for the first event, earlier or later, that fits. */
    event: events.logged,
    /** Waits until the server or the connection ends the stream. */
    end: Deferred.await(end),
    /** All bytes so far. */
    text: () => text,
    close: Effect.sync(() => void sent.destroy()),
  }
})
