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

/** Characters gathered before they are passed on: a message to Postgres for every record would cost it dear. */
const batchSize = 1 << 16

/** Records in, CSV in larger pieces out. */
const stringifier = (): Transform => {
  let batch = ""
  return new Transform({
    writableObjectMode: true,
    transform(record: ReadonlyArray<string>, _encoding, written) {
      batch += toLine(record)
      if (batch.length < batchSize) return written()
      written(null, batch)
      batch = ""
    },
    flush(ended) {
      ended(null, batch)
    },
  })
}

/**
 * The worker that a first draft would be: HTTP, csv-parse, an array of strings a record, written as CSV again,
 * COPY, all in one pipeline of Node streams.
 */
await measuredLoad(
  async (url, copy) => {
    const [response] = (await once(get(url), "response")) as [IncomingMessage]
    await pipeline(response, parse({ from_line: 2 }), stringifier(), copy)
  },
  { hasHeader: false },
)
