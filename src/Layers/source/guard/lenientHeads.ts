import { errors } from "@effect/platform-node/Undici"
import type { Socket } from "node:net"
import { strictHead } from "./ResponseHead.ts"

/** Longest head of a response, in bytes. Some servers send more than Node's own limit of 16 KiB. */
export const maxHeadLength = 64 * 1024

const protocol = "HTTP/"

/** Length of a head with its empty line; `null` if the text ends before that. */
const headLength = (text: string): number | null => {
  const end = /\r?\n\r?\n/.exec(text)
  return end === null ? null : end.index + end[0].length
}

/** Drops interim responses, which another one follows (RFC 9110, 15.2). 101 is none of these. */
const withoutInterim = (text: string): string => {
  let rest = text
  while (/^HTTP\/1\.[01] 1(?!01)\d\d/.test(rest)) {
    const length = headLength(rest)
    if (length === null) break
    rest = rest.slice(length)
  }
  return rest
}

/**
 * Lets undici read heads that are not strict HTTP/1.1: its reads from the socket return the head as `strictHead` writes
 * it, without interim responses. Anything else passes unchanged: bodies, and what is not HTTP.
 *
 * @returns a function to call before each request: the next bytes are the head of its response
 */
export const lenientHeads = (socket: Socket): (() => void) => {
  const readBytes: (size?: number) => Buffer | null = socket.read.bind(socket)
  /** The bytes of an incomplete head, in Latin-1; `null` if no head is expected. */
  let held: string | null = null

  /** Returns the head and the bytes after it, or `null` while it is incomplete. */
  const readHead = (): Buffer | null => {
    for (let chunk = readBytes(); chunk !== null; chunk = readBytes()) {
      const text = withoutInterim(held + chunk.toString("latin1"))
      const isHttp = text.startsWith(protocol) || protocol.startsWith(text)
      const length = headLength(text)
      if (!isHttp || length !== null) {
        held = null
        const head = text.slice(0, length ?? 0)
        return Buffer.from((isHttp ? strictHead(head) : head) + text.slice(head.length), "latin1")
      }
      held = text
      if (text.length > maxHeadLength) socket.destroy(new errors.HeadersOverflowError())
    }
    return null
  }

  // Node itself calls `read(0)` to fill the buffer.
  socket.read = (size) => (held === null || size === 0 ? readBytes(size) : readHead())
  return () => {
    held = ""
  }
}
