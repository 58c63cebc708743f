import { assert, it } from "@effect/vitest"
import { once } from "node:events"
import { type AddressInfo, connect, createServer } from "node:net"
import { longReads } from "../../../../src/Layers/source/guard/longReads.ts"

/** Bytes whose order shows: no two blocks of 256 KiB are equal. */
const sent = Buffer.from(Uint32Array.from({ length: 1_000_000 }, (_, n) => n).buffer)

it("a connection reads each byte once, in order, while its reader pauses", async () => {
  const server = createServer((socket) => {
    // Pieces that are shorter and longer than a read.
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 3) % 700_001)
      socket.write(sent.subarray(at, at + size))
    socket.end()
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: "127.0.0.1", onread: longReads() })
  const received: Array<Buffer> = []
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received.push(chunk)
    if (received.length % 3 === 0) await new Promise(setImmediate)
  }
  assert.isTrue(Buffer.concat(received).equals(sent))
  server.close()
})
