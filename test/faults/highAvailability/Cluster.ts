import * as NodeServices from "@effect/platform-node/NodeServices"
import { chown, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import * as FreePort from "../../../src/Layers/embedded/FreePort.ts"
import * as ServerUser from "../../../src/Layers/embedded/ServerUser.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"
import { killPid } from "../killPid.ts"
import * as Daemon from "./Daemon.ts"
import { ClusterUnavailable, locate } from "./Programs.ts"
import { haproxySettings, type NodePorts, patroniSettings, superuser } from "./settings.ts"

const Members = Schema.Struct({
  members: Schema.Array(Schema.Struct({ name: Schema.String, role: Schema.String, state: Schema.String })),
})

/** A Postgres and its Patroni. */
interface Node {
  readonly name: string
  readonly ports: NodePorts
  readonly start: Effect.Effect<void>
  /** Kills both with SIGKILL, as when the machine fails. */
  readonly kill: Effect.Effect<void>
  readonly log: () => string
}

/** Two Postgres nodes under Patroni, and an HAProxy in front of them. */
export interface Cluster {
  /** Through HAProxy. */
  readonly proxyUrl: (database: string) => string
  /** Both nodes, without a proxy. */
  readonly hostsUrl: (database: string) => string
  /** The URL of the node that is not the leader. */
  readonly standbyUrl: Effect.Effect<string>
  /** Kills the leader and waits until the other node has replaced it. */
  readonly killLeader: Effect.Effect<void>
  /** Starts killed nodes again. */
  readonly startNodes: Effect.Effect<void>
  /** Waits until there are a leader and a standby that may replace it. */
  readonly isWhole: Effect.Effect<void, ClusterUnavailable>
  /** Makes the standby the leader, as before maintenance. */
  readonly switchOver: Effect.Effect<void>
  readonly setSynchronous: (isSynchronous: boolean) => Effect.Effect<void>
}

const freePorts = (count: number) =>
  Effect.map(
    Effect.forEach(
      Array.from({ length: 2 * count }, () => 0),
      (port) => FreePort.find(port),
    ),
    (ports) => [...new Set(ports)].slice(0, count),
  )

const send = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClient.execute(request).pipe(
    Effect.flatMap((response) => response.text),
    Effect.timeout("15 seconds"),
    Effect.provide(FetchHttpClient.layer),
  )

const postmasterOf = async (dataFolder: string): Promise<number | undefined> =>
  readFile(join(dataFolder, "postmaster.pid"), "utf8").then(
    (text) => Number(text.split("\n")[0]),
    () => undefined,
  )

const urlOf = (hosts: ReadonlyArray<number>, database: string) =>
  `postgres://${superuser}@${hosts.map((port) => `127.0.0.1:${port}`).join(",")}/${database}`

/** Starts the cluster. It and its data are removed with the scope. */
export const start = Effect.gen(function* () {
  const programs = yield* locate
  const user = ServerUser.isRoot() ? yield* ServerUser.choose : null
  const folder = yield* temporaryFolder
  const [etcdPort, peerPort, proxyPort, ...ports] = (yield* freePorts(7)) as [number, number, number]
  if (user !== null) yield* Effect.promise(() => chown(folder, user.uid, user.gid))
  const daemon = (name: string, program: string, args: ReadonlyArray<string>) =>
    Daemon.start({ program, arguments: args, folder, user, logFile: join(folder, `${name}.log`) })

  const etcd = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`] as const
  yield* daemon("etcd", programs.etcd, [
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${etcd[0]}`,
    `--advertise-client-urls=${etcd[0]}`,
    `--listen-peer-urls=${etcd[1]}`,
    `--initial-advertise-peer-urls=${etcd[1]}`,
    `--initial-cluster=default=${etcd[1]}`,
  ])

  const makeNode = Effect.fnUntraced(function* (name: string, ports: NodePorts) {
    const dataFolder = join(folder, name)
    const settingsFile = join(folder, `${name}.yml`)
    const settings = patroniSettings({
      name,
      ports,
      etcdPort,
      dataFolder,
      socketFolder: folder,
      postgresFolder: programs.postgres,
    })
    yield* Effect.promise(() => writeFile(settingsFile, settings))
    let running: { readonly patroni: Daemon.Daemon; readonly scope: Scope.Closeable } | undefined
    const kill = Effect.suspend(() => {
      if (running === undefined) return Effect.void
      const { scope } = running
      running = undefined
      return Effect.promise(async () => {
        const postmaster = await postmasterOf(dataFolder)
        if (postmaster !== undefined) killPid(postmaster)
      }).pipe(Effect.andThen(Scope.close(scope, Exit.void)))
    })
    yield* Effect.addFinalizer(() => kill)
    const start = Effect.gen(function* () {
      if (running !== undefined) return
      const scope = yield* Scope.make()
      const patroni = yield* Scope.provide(daemon(name, programs.patroni, [settingsFile]), scope)
      running = { patroni, scope }
    })
    return { name, ports, start, kill, log: () => running?.patroni.log() ?? "" } satisfies Node
  })
  const nodes = yield* Effect.forEach([0, 1], (n) =>
    makeNode(`node${n + 1}`, { postgres: ports[2 * n]!, api: ports[2 * n + 1]! }),
  )
  const startNodes = Effect.forEach(nodes, ({ start }) => start, { discard: true })

  /** The members that some node knows. Empty if none responds. */
  const members = Effect.firstSuccessOf(
    nodes.map(({ ports }) =>
      Effect.flatMap(
        send(HttpClientRequest.get(`http://127.0.0.1:${ports.api}/cluster`)),
        Schema.decodeUnknownEffect(Schema.fromJsonString(Members)),
      ),
    ),
  ).pipe(
    Effect.map(({ members }) => members.filter(({ state }) => state === "running" || state === "streaming")),
    Effect.orElseSucceed(() => []),
  )
  const leader = Effect.map(members, (all) => all.find(({ role }) => role === "leader")?.name)
  const waitFor = (what: string, seconds: number, condition: Effect.Effect<boolean>) =>
    Effect.repeat(condition, {
      until: (isTrue) => isTrue,
      schedule: Schedule.spaced("200 millis").pipe(Schedule.upTo({ duration: `${seconds} seconds` })),
    }).pipe(
      Effect.flatMap((isTrue) =>
        isTrue
          ? Effect.void
          : new ClusterUnavailable({
              message: `${what} took more than ${seconds} s\n${nodes.map(({ log, name }) => `${name}:\n${log()}`).join("\n")}`,
            }),
      ),
    )

  const otherLeaderThan = (name: string | undefined) =>
    waitFor(
      "a new leader",
      60,
      Effect.map(leader, (next) => next !== undefined && next !== name),
    )

  let standbyRole = "sync_standby"
  const isWhole = waitFor(
    "a leader and a standby",
    60,
    Effect.map(
      members,
      (all) => all.some(({ role }) => role === "leader") && all.some(({ role }) => role === standbyRole),
    ),
  )
  const apiOf = Effect.map(
    leader,
    (name) => `http://127.0.0.1:${(nodes.find((node) => node.name === name) ?? nodes[0]!).ports.api}`,
  )

  yield* Effect.promise(() =>
    writeFile(
      join(folder, "haproxy.cfg"),
      haproxySettings(
        proxyPort,
        nodes.map(({ ports }) => ports),
      ),
    ),
  )
  yield* startNodes
  yield* daemon("haproxy", programs.haproxy, ["-db", "-f", join(folder, "haproxy.cfg")])
  yield* isWhole

  return {
    proxyUrl: (database) => urlOf([proxyPort], database),
    hostsUrl: (database) =>
      `${urlOf(
        nodes.map(({ ports }) => ports.postgres),
        database,
      )}?target_session_attrs=read-write`,
    standbyUrl: Effect.map(leader, (name) =>
      urlOf([nodes.find((node) => node.name !== name)!.ports.postgres], superuser),
    ),
    killLeader: Effect.gen(function* () {
      const name = yield* leader
      yield* nodes.find((node) => node.name === name)!.kill
      yield* otherLeaderThan(name)
    }).pipe(Effect.orDie),
    startNodes,
    isWhole,
    switchOver: Effect.gen(function* () {
      const name = yield* leader
      const request = HttpClientRequest.post(`${yield* apiOf}/switchover`)
      yield* send(HttpClientRequest.bodyJsonUnsafe(request, { leader: name }))
      yield* otherLeaderThan(name)
    }).pipe(Effect.orDie),
    setSynchronous: Effect.fnUntraced(function* (isSynchronous) {
      const request = HttpClientRequest.patch(`${yield* apiOf}/config`)
      yield* send(HttpClientRequest.bodyJsonUnsafe(request, { synchronous_mode: isSynchronous }))
      standbyRole = isSynchronous ? "sync_standby" : "replica"
    }, Effect.orDie),
  } satisfies Cluster
}).pipe(Effect.provide(NodeServices.layer))
