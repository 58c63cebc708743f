import { once } from "node:events"
import { get, type IncomingMessage } from "node:http"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { parse } from "csv-parse"
import { measuredLoad } from "./measuredLoad.ts"

const mustBeQuoted = /[",\r\n]/

/** A record as CSV again, as a stringifier writes it: quotes where they are needed. */
const toLine = (record: ReadonlyArray<string>): string =>
  `${record.map((field) => (mustBeQuoted.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",")}\n`

/**
 * The worker that a first draft would be: HTTP, csv-parse, an array of strings a record, written as CSV again,
 * COPY. Everything is a Node stream with its defaults.
 */
await measuredLoad(
  async (url, copy) => {
    const [response] = (await once(get(url), "response")) as [IncomingMessage]
    const stringify = new Transform({
      writableObjectMode: true,
      transform(record: ReadonlyArray<string>, _encoding, written) {
        written(null, toLine(record))
      },
    })
    await pipeline(response, parse({ from_line: 2 }), stringify, copy)
  },
  { hasHeader: false },
)
