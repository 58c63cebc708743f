import * as Effect from "effect/Effect"
import { BenchFailure } from "../BenchFailure.ts"
import { createTextTable } from "../contenders/TextTable.ts"
import { forTool } from "../contenders/ToolConnection.ts"
import * as DataFiles from "../files/DataFiles.ts"
import type { DataFile } from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import { number, ratio, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import * as Child from "../world/Child.ts"
import type { Database } from "../world/Database.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import * as Service from "../world/Service.ts"
import * as StatementCounter from "../world/StatementCounter.ts"
import { untilFinished } from "../world/Unfinished.ts"
import type { World } from "../world/World.ts"

/** Number of files. */
const counts = { full: 600, quick: 100 }
/** Concurrent requests. */
const posters = 16
/**
 * Times that the files are loaded before they are counted. The first thousand jobs of a process cost two to four times as much as
 * later ones, because V8 has not compiled the code for them yet.
 */
const warmUps = { full: 2, quick: 1 }

/** One run; CPU in seconds, `null` without /proc. */
interface Run {
  readonly seconds: number
  readonly apiCpu: number | null
  readonly clientCpu: number | null
  readonly backendCpu: number | null
}

const cpuOf = (pid: number) => Effect.promise(() => ProcessTimes.cpuSecondsOf(pid))

/** Waits until no job is unfinished. */
const untilCompleted = Effect.fnUntraced(function* (database: Database, count: number) {
  yield* untilFinished(database, "20 millis").pipe(
    Effect.timeoutOrElse({
      duration: "5 minutes",
      orElse: () => Effect.fail(new BenchFailure({ message: "small jobs took longer than 5 minutes" })),
    }),
  )
  const [row] = yield* database.query<{ completed: number }>(
    "select count(*)::int as completed from sluice.job where final_state = 'completed'",
  )
  if (row?.completed !== count)
    return yield* new BenchFailure({ message: `${row?.completed} of ${count} small jobs completed` })
})

/** CPU seconds of the backends except some. */
const cpuWithout = (database: Database, others: ReadonlyMap<number, number> | null) =>
  Effect.map(database.cpuOf("sluice"), (all) => {
    if (all === null) return null
    let seconds = 0
    for (const [pid, cpu] of all) if (others?.has(pid) !== true) seconds += cpu
    return seconds
  })

/** Posts all files as fast as an API of its own accepts them, and waits for its worker to load them. */
const sluiceRun = Effect.fnUntraced(function* (
  { database, files }: World,
  some: ReadonlyArray<DataFile>,
  {
    checkout,
    onWarm = () => undefined,
    url = database.url,
    warmUps,
  }: {
    readonly checkout: Service.Checkout
    readonly warmUps: number
    readonly url?: string
    readonly onWarm?: () => void
  },
) {
  yield* database.clear
  yield* database.query("delete from sluice.job")
  const others = yield* database.cpuOf("sluice")
  const { jobs, pid: api } = yield* Service.startApi({ url }, checkout)
  const worker = yield* Service.startWorker({ url }, {}, checkout)
  const post = Effect.forEach(some, (file) => jobs.post(files.urlOf(file)), {
    concurrency: posters,
    discard: true,
  })
  for (let n = 0; n < warmUps; n++) yield* post
  yield* untilCompleted(database, warmUps * some.length)
  yield* database.settle
  const cpu = Effect.all([cpuOf(api), cpuOf(worker), cpuWithout(database, others)])
  const before = yield* cpu
  onWarm()
  const start = performance.now()
  yield* post
  yield* untilCompleted(database, (warmUps + 1) * some.length)
  const seconds = (performance.now() - start) / 1000
  const after = yield* cpu
  const [apiCpu, clientCpu, backendCpu] = [0, 1, 2].map((part) =>
    ProcessTimes.between(before[part] ?? null, after[part] ?? null),
  ) as [number | null, number | null, number | null]
  return { seconds, apiCpu, clientCpu, backendCpu } satisfies Run
}, Effect.scoped)

const printProc = String.raw`\! cat /proc/$SLUICE_BENCH_BACKEND/stat /proc/$PPID/stat`

/** One psql session with one transaction per file: creates the table and copies into it. */
const psqlRun = Effect.fnUntraced(function* ({ database }: World, some: ReadonlyArray<DataFile>) {
  yield* database.clear
  const { environment, url } = yield* forTool(database)
  const loads = some.map((file, n) =>
    [
      "begin;",
      `${createTextTable(`bench_psql_${n}`, file)};`,
      String.raw`\copy bench_psql_${n} from '${file.path.replaceAll("'", "''")}' with (format csv, header true)`,
      "commit;",
    ].join("\n"),
  )
  const { stdout } = yield* Child.run({
    program: "psql",
    arguments: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"],
    environment: { ...environment, LC_ALL: "C" },
    input: [
      String.raw`select pg_backend_pid() as pid \gset`,
      String.raw`\setenv SLUICE_BENCH_BACKEND :pid`,
      printProc,
      "select 'start ' || extract(epoch from clock_timestamp());",
      ...loads,
      "select 'end ' || extract(epoch from clock_timestamp());",
      printProc,
      "",
    ].join("\n"),
  })
  const time = (which: string) => Number(new RegExp(`${which} ([\\d.]+)`).exec(stdout)?.[1])
  const [backendBefore, clientBefore, backendAfter, clientAfter] = Array.from(
    stdout.matchAll(/^\d+ \(.*$/gm),
    ([line]) => ProcessTimes.parseStat(line)?.cpuSeconds ?? null,
  )
  return {
    seconds: time("end") - time("start"),
    apiCpu: null,
    clientCpu: ProcessTimes.between(clientBefore ?? null, clientAfter ?? null),
    backendCpu: ProcessTimes.between(backendBefore ?? null, backendAfter ?? null),
  } satisfies Run
})

/** Statements of the jobs of one run, as the server reports them. */
const countStatements = Effect.fnUntraced(function* (
  world: World,
  some: ReadonlyArray<DataFile>,
  checkout: Service.Checkout,
) {
  const counter = yield* StatementCounter.start(world.database.url)
  let before = counter.read()
  yield* sluiceRun(world, some, {
    checkout,
    warmUps: 1,
    url: counter.url,
    onWarm: () => {
      before = counter.read()
    },
  })
  const after = counter.read()
  const perJob = (name: string) =>
    ((after.byCommand.get(name) ?? 0) - (before.byCommand.get(name) ?? 0)) / some.length
  const all = Array.from(after.byCommand.keys(), (name) => [name, perJob(name)] as const)
  return {
    comments: perJob("COMMENT"),
    statements: all.reduce((sum, [, count]) => sum + count, 0),
    roundTrips: (after.roundTrips - before.roundTrips) / some.length,
    text: all
      .filter(([, count]) => count >= 0.05)
      .toSorted(([, one], [, other]) => other - one)
      .map(([name, count]) => `${name} ${count.toFixed(1)}`)
      .join(", "),
  }
}, Effect.scoped)

/** Case small: the cost of a small job, against one psql session and, if given, another checkout of Sluice. */
export const smallJobs = Effect.fnUntraced(function* (world: World, options: Options) {
  const files = yield* DataFiles.smallFiles(narrow, options.quick ? counts.quick : counts.full)
  const checkouts: ReadonlyArray<readonly [string, Service.Checkout]> = [
    ...(options.baseline === undefined ? [] : [["baseline", { folder: options.baseline }] as const]),
    ["Sluice", {}],
  ]
  const contenders = [
    { name: "psql", run: psqlRun(world, files), statements: null, samples: new Array<Run>() },
    ...checkouts.map(([name, checkout]) => ({
      name,
      run: sluiceRun(world, files, { checkout, warmUps: options.quick ? warmUps.quick : warmUps.full }),
      statements: countStatements(world, files, checkout),
      samples: new Array<Run>(),
    })),
  ]
  for (let round = 0; round < options.runs; round++)
    for (const { name, run, samples } of contenders) {
      const sample = yield* run
      samples.push(sample)
      yield* Effect.log(`small ${name}: ${(files.length / sample.seconds).toFixed(0)} jobs/s`)
    }
  const [psql] = contenders
  const notes: Array<string> = []
  const rows: Array<ReadonlyArray<string>> = []
  for (const { name, samples, statements } of contenders) {
    const perJob = (key: "apiCpu" | "clientCpu" | "backendCpu"): string => {
      const cpu = medianOfKnown(samples.map((sample) => sample[key]))
      return number(cpu === null ? null : (1000 * cpu) / files.length, 2)
    }
    const ratios = samples.flatMap(({ backendCpu }, n) => {
      const cpu = psql?.samples[n]?.backendCpu
      return backendCpu === null || cpu === null || cpu === undefined ? [] : [backendCpu / cpu]
    })
    const counted = statements === null ? null : yield* statements
    if (counted !== null) notes.push(`Statements of a job, ${name}: ${counted.text}`)
    rows.push([
      `${number(files.length, 0)} files of 10 kB`,
      name,
      number(files.length / median(samples.map(({ seconds }) => seconds)), 0),
      perJob("apiCpu"),
      perJob("clientCpu"),
      perJob("backendCpu"),
      ratio(ratios.length === 0 ? null : median(ratios)),
      number(counted === null ? null : counted.roundTrips, 1),
      number(counted === null ? null : counted.statements - counted.comments, 1),
      number(counted === null ? null : counted.comments, 1),
    ])
  }
  yield* world.database.clear
  return {
    title: "Small jobs: cost per job",
    head: [
      "files",
      "loaded by",
      "jobs/s",
      "API CPU ms",
      "worker or psql CPU ms",
      "backend CPU ms",
      "× psql",
      "round trips",
      "statements",
      "comments on columns",
    ],
    rows,
    notes,
  } satisfies Section
})
