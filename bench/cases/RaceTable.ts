import { megabytes, number, range, ratio, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import type { Entry, Race } from "./Race.ts"

const head = [
  "file",
  "loaded by",
  "runs",
  "wall s",
  "min–max",
  "by record s",
  "MB/s",
  "rows/s",
  "client CPU s",
  "backend CPU s",
  "client/backend",
  "peak RSS MB",
]

/** The first entries of each race. */
const baselines = ["copy", "create+copy"]

/** Wall time as a multiple of the baseline's in the same round: the median over the rounds of both. */
const ratioTo = (entry: Entry, baseline: Entry | undefined): number | null => {
  const walls = new Map(baseline?.samples.map(({ round, sample }) => [round, sample.wallSeconds]))
  const ratios = entry.samples.flatMap(({ round, sample }) => {
    const wall = walls.get(round)
    return wall === undefined ? [] : [sample.wallSeconds / wall]
  })
  return ratios.length === 0 ? null : median(ratios)
}

const row = (race: Race, entry: Entry, compared: number): ReadonlyArray<string> => {
  const { file, label } = race
  const { contender, samples } = entry
  if (samples.length === 0)
    return [label, contender, ...Array.from({ length: head.length + compared - 2 }, () => number(null, 0))]
  const walls = samples.map(({ sample }) => sample.wallSeconds)
  const wall = median(walls)
  const of = (key: "clientCpuSeconds" | "backendCpuSeconds" | "recordedSeconds") =>
    medianOfKnown(samples.map(({ sample }) => sample[key]))
  const client = of("clientCpuSeconds")
  const backend = of("backendCpuSeconds")
  const peaks = samples.flatMap(({ sample }) => sample.peakMemoryBytes ?? [])
  return [
    label,
    contender,
    String(samples.length),
    number(wall, 2),
    range(walls, 2),
    number(of("recordedSeconds"), 2),
    number(file.bytes / 1e6 / wall, 1),
    number(file.rows / wall, 0),
    number(client, 2),
    number(backend, 2),
    client === null || backend === null ? number(null, 0) : number(client / backend, 2),
    megabytes(peaks.length === 0 ? null : Math.max(...peaks)),
    ...race.entries.slice(0, compared).map((baseline) => ratio(ratioTo(entry, baseline))),
  ]
}

/**
 * One table of all races.
 *
 * @param names of the first entries of each, with which the others are compared: `\copy` into an existing and into a new
 * table, unless given
 */
export const raceTable = (
  races: ReadonlyArray<Race>,
  title = "Loads",
  names: ReadonlyArray<string> = baselines,
): Section => ({
  title,
  head: [...head, ...names.map((name) => `× ${name}`)],
  rows: races.flatMap((race) => race.entries.map((entry) => row(race, entry, names.length))),
  notes: [
    ...races.flatMap(({ entries, label }) =>
      entries.flatMap(({ contender, failure }) =>
        failure === null ? [] : [`${contender} did not load ${label}: ${failure}`],
      ),
    ),
    ...new Set(
      races.map(
        ({ file }) =>
          `${file.name}: ${number(file.bytes / 1e6, 0)} MB, ${number(file.rows, 0)} rows, ${file.kind.columns.length} columns`,
      ),
    ),
  ],
})
