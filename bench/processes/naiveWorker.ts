import { once } from "node:events"
import { get, type IncomingMessage } from "node:http"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { parse } from "csv-parse"
import { measuredLoad } from "./measuredLoad.ts"

const mustBeQuoted = /[",\r\n]/

/** A record as a line of CSV, with quotes where needed. */
const toLine = (record: ReadonlyArray<string>): string =>
  `${record.map((field) => (mustBeQuoted.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",")}\n`

/** Characters per message to Postgres: one message per record would be slow. */
const batchSize = 1 << 16

/** Turns records into CSV, in batches. */
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

/** A first-draft worker: HTTP, csv-parse, an array of strings per record, CSV again, COPY, in one Node pipeline. */
await measuredLoad(
  async (url, copy) => {
    const [response] = (await once(get(url), "response")) as [IncomingMessage]
    await pipeline(response, parse({ from_line: 2 }), stringifier(), copy)
  },
  { hasHeader: false },
)
