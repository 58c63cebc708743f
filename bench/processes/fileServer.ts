import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import { createServer, type ServerResponse } from "node:http"
import { join, normalize } from "node:path"
import { pipeline } from "node:stream/promises"
import { setTimeout } from "node:timers/promises"

/**
 * Serves the folder named by its argument on a free port of 127.0.0.1. A separate process, so that sending a file
 * does not slow down the process that measures. With `?rate=` it sends this many bytes per second.
 */
const root = process.argv[2]!

/** Chunks per second of a limited response. */
const chunksPerSecond = 20

async function* limited(file: string, rate: number) {
  for await (const chunk of createReadStream(file, { highWaterMark: Math.ceil(rate / chunksPerSecond) })) {
    yield chunk
    await setTimeout(1000 / chunksPerSecond)
  }
}

const send = async ({ pathname: path, searchParams }: URL, response: ServerResponse): Promise<void> => {
  const rate = searchParams.get("rate")
  const file = join(root, normalize(decodeURIComponent(path)))
  const { mtime, size } = await stat(file)
  response.writeHead(200, {
    "content-type": "text/csv",
    "content-length": size,
    etag: `"${size}-${mtime.getTime()}"`,
  })
  const bytes =
    rate === null ? createReadStream(file, { highWaterMark: 1 << 18 }) : limited(file, Number(rate))
  await pipeline(bytes, response)
}

const server = createServer((request, response) => {
  send(new URL(request.url ?? "/", "http://127.0.0.1"), response).catch((error: Error) => {
    if (!response.headersSent) response.writeHead(404)
    response.end()
    // A worker closes the connection when it stops.
    process.stderr.write(`${request.url}: ${error.message}\n`)
  })
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (typeof address === "object" && address !== null)
    process.stdout.write(`Listening on http://127.0.0.1:${address.port}\n`)
})
