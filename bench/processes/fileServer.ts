import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import { createServer, type ServerResponse } from "node:http"
import { join, normalize } from "node:path"
import { pipeline } from "node:stream/promises"

/**
 * Serves the folder named by its argument on a free port of 127.0.0.1. A separate process, so that sending a file
 * does not slow down the process that measures.
 */
const root = process.argv[2]!

const send = async (path: string, response: ServerResponse): Promise<void> => {
  const file = join(root, normalize(decodeURIComponent(path)))
  const { mtime, size } = await stat(file)
  response.writeHead(200, {
    "content-type": "text/csv",
    "content-length": size,
    etag: `"${size}-${mtime.getTime()}"`,
  })
  await pipeline(createReadStream(file, { highWaterMark: 1 << 18 }), response)
}

const server = createServer((request, response) => {
  send(new URL(request.url ?? "/", "http://127.0.0.1").pathname, response).catch((error: Error) => {
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
