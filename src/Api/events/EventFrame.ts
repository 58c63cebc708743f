import * as Hash from "effect/Hash"
import * as Sse from "effect/encoding/Sse"

/** An event as it is sent. Made once for all clients that get it. */
export interface EventFrame {
  readonly id: string
  readonly bytes: Uint8Array
}

const encoder = new TextEncoder()

/** @param data one line of JSON */
export const eventFrame = (event: string, id: string, data: string): EventFrame => ({
  id,
  bytes: encoder.encode(Sse.encoder.write({ _tag: "Event", id, event, data })),
})

/** Sets the position of a client that has not got an event. */
export const positionFrame = (id: string): Uint8Array => encoder.encode(`id: ${id}\n\n`)

/** A comment, which clients ignore. */
export const commentFrame = (text: string): Uint8Array => encoder.encode(`: ${text}\n\n`)

/** An id for this content, the same on every replica. */
export const contentId = (data: string): string => `${(Hash.string(data) >>> 0).toString(36)}-${data.length}`
