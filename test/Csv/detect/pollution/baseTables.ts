/** A table as it is meant: texts, before they are written in any dialect. */
export interface BaseTable {
  readonly name: string
  readonly header: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
  /** Whether its first cells may as well be names of rows. */
  readonly hasNamesOfRows: boolean
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export const randomFrom = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
export type Random = () => number

export const pick = <A>(random: Random, from: ReadonlyArray<A>): A =>
  from[Math.floor(random() * from.length)]!
const whole = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from))
const padded = (n: number): string => String(n).padStart(2, "0")
const day = (random: Random): string =>
  `${whole(random, 1950, 2024)}-${padded(whole(random, 1, 13))}-${padded(whole(random, 1, 29))}`
const clock = (random: Random): string =>
  `${padded(whole(random, 0, 24))}:${padded(whole(random, 0, 60))}:${padded(whole(random, 0, 60))}`
const point = (random: Random): string =>
  `POINT (${(random() * 180).toFixed(6)} ${(random() * 90).toFixed(6)})`

const sentences = [
  "Sturdy, light and easy to clean.",
  'With a 15" screen, a stand and a cable; batteries not included.',
  "First line\nsecond line, and the rest of it",
  'The "classic" one',
  "Works well: nothing to add",
  "Oak, beech or pine",
  "",
  "Ships in 3-5 days; returns are free, within 30 days.",
]
const comments = [
  "",
  "",
  "",
  "fine",
  "Too long, really",
  "don't know",
  "n/a",
  "It's ok; could be better",
  "No comment.",
]
const people = [
  "Zoë Müller",
  "José García",
  "Anaïs Lefèvre",
  "Søren Kjær",
  "Jürgen Groß",
  "Inês Conceição",
  "Åsa Öberg",
]
const cities = ["Köln", "Málaga", "Besançon", "Århus", "Coimbra", "Zürich", "Malmö", "New York", "La Paz"]
const countries = [
  "Austria",
  "Sri Lanka",
  "Peru",
  "Ivory Coast",
  "Chad",
  "New Zealand",
  "Kenya",
  "Malta",
  "Oman",
]
const capitals = [
  "Vienna",
  "Colombo",
  "Lima",
  "Yamoussoukro",
  "N'Djamena",
  "Wellington",
  "Nairobi",
  "Valletta",
]

const makers: ReadonlyArray<{
  readonly name: string
  readonly header: ReadonlyArray<string>
  readonly row: (random: Random, n: number) => ReadonlyArray<string>
}> = [
  {
    name: "trips",
    header: ["region", "origin_coord", "destination_coord", "datetime", "datasource"],
    row: (random) => [
      pick(random, ["Prague", "Turin", "Hamburg"]),
      point(random),
      point(random),
      `${day(random)} ${clock(random)}`,
      pick(random, ["funny_car", "baba_car", "cheap_mobile", "bad_diesel_vehicles"]),
    ],
  },
  {
    name: "products",
    header: ["sku", "Product name", "price", "description", "in stock"],
    row: (random, n) => [
      `A${1000 + n}`,
      pick(random, ["Lamp", "Desk, small", "Chair", "Shelf (oak)", 'Monitor 24"']),
      (random() * 500).toFixed(2),
      pick(random, sentences),
      String(whole(random, 0, 90)),
    ],
  },
  {
    name: "people",
    header: ["id", "Name", "City", "e-mail", "born", "telephone"],
    row: (random, n) => [
      String(n + 1),
      pick(random, people),
      pick(random, cities),
      `p${n}@example.org`,
      day(random),
      `+49 ${whole(random, 100, 999)} ${whole(random, 10_000, 99_999)}`,
    ],
  },
  {
    name: "measurements",
    header: ["time", "station", "temperature", "humidity", "pressure", "flag"],
    row: (random) => [
      `${day(random)}T${clock(random)}Z`,
      pick(random, ["S1", "S2", "S3"]),
      (random() * 60 - 20).toFixed(1),
      String(whole(random, 0, 100)),
      (950 + random() * 100).toFixed(2),
      pick(random, ["", "", "ok", "x"]),
    ],
  },
  {
    name: "survey",
    header: ["respondent", "q1", "q2", "q3", "q4", "q5", "comment"],
    row: (random, n) => [
      String(n + 100),
      ...Array.from({ length: 5 }, () => (random() < 0.4 ? "" : String(whole(random, 1, 6)))),
      pick(random, comments),
    ],
  },
  {
    name: "capitals",
    header: ["country", "capital"],
    row: (random) => [pick(random, countries), pick(random, capitals)],
  },
]

/** Tables of one column. */
const singles: typeof makers = [
  { name: "one column of names", header: ["name"], row: (random) => [pick(random, people)] },
  {
    name: "one column of numbers",
    header: ["value"],
    row: (random) => [(random() * 1000).toFixed(2)],
  },
  {
    name: "one column of times",
    header: ["seen at"],
    row: (random) => [`${day(random)} ${clock(random)}`],
  },
  {
    name: "one column of surnames before names",
    header: ["author"],
    row: (random) => [
      pick(random, ["Doe, John", "Lee, Ann", "Black, Jack, Esq.", "Plato", "Dumas, Alexandre"]),
    ],
  },
  {
    name: "one column of prose",
    header: ["text"],
    row: (random) => [
      pick(random, [
        "It rained.",
        "So they left, at last.",
        "Why? Nobody knew; nobody asked.",
        "The end: no.",
        "He said, go",
      ]),
    ],
  },
  {
    name: "one column of addresses of the web",
    header: ["url"],
    row: (random, n) => [`https://${pick(random, ["a", "b"])}.example.org:8080/p/${n}?q=1,2`],
  },
]

/** The base tables with this number of rows. */
export const baseTables = (rows: number): ReadonlyArray<BaseTable> => made(makers, rows)

/** Those of one column. */
export const singleColumns = (rows: number): ReadonlyArray<BaseTable> => made(singles, rows)

const made = (from: typeof makers, rows: number): ReadonlyArray<BaseTable> =>
  from.map(({ header, name, row }, index) => {
    const random = randomFrom(1000 * rows + index)
    return {
      name,
      header,
      hasNamesOfRows: name === "products",
      rows: Array.from({ length: rows }, (_, n) => row(random, n)),
    }
  })
