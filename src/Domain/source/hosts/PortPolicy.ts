import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** A malformed entry of `ALLOWED_PORTS`. */
export class InvalidPortRange extends Schema.TaggedError<InvalidPortRange>()("InvalidPortRange", {
  entry: Schema.String,
  message: Schema.String,
}) {}

/** Ports from `first` to `last`. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** Ports below 1024 that are for files. */
const wellKnown: ReadonlySet<number> = new Set([80, 443])

/** The bad ports of the Fetch standard (section 2.9) from 1024 on: their protocols can be spoken by accident. */
const badPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
])

/** Databases, caches, queues, proxies, debuggers and control ports: they have no files, but a request could do harm there. */
const servicePorts: ReadonlySet<number> = new Set([
  1080, 1099, 1414, 1433, 1434, 1521, 1883, 2181, 2375, 2376, 2377, 2379, 2380, 3128, 3306, 3389, 4222, 4369,
  4444, 4646, 5432, 5433, 5671, 5672, 5858, 5900, 5984, 5985, 5986, 6001, 6379, 6380, 6432, 6443, 7000, 7001,
  7199, 7474, 7687, 8086, 8091, 8125, 8200, 8300, 8500, 8600, 8883, 9042, 9092, 9093, 9100, 9160, 9200, 9229,
  9300, 10250, 10255, 11211, 15672, 16379, 26257, 26379, 27017, 27018, 27019, 28015, 50000, 50070, 61616,
])

const parseEntry = (text: string): Result.Result<PortRange, InvalidPortRange> => {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim())
  const first = Number(match?.[1])
  const last = Number(match?.[2] ?? match?.[1])
  if (first >= 1 && first <= last && last <= 65535) return Result.succeed({ first, last })
  return Result.fail(
    new InvalidPortRange({
      entry: text,
      message: `ALLOWED_PORTS: "${text}" is neither a port from 1 to 65535 nor a range of them such as 8000-8999.`,
    }),
  )
}

/** Parses the entries of `ALLOWED_PORTS`: `22` or `8000-8999`. */
export const parsePorts = (
  entries: ReadonlyArray<string>,
): Result.Result<ReadonlyArray<PortRange>, InvalidPortRange> => Result.all(entries.map(parseEntry))

/** Whether files are fetched from this port of any host. */
export const isAllowedPort = (allowed: ReadonlyArray<PortRange>, port: number): boolean =>
  wellKnown.has(port) ||
  (port >= 1024 && !badPorts.has(port) && !servicePorts.has(port)) ||
  allowed.some(({ first, last }) => first <= port && port <= last)
