import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { parse } from "yaml"
import { bundleOf, type Program, programs } from "../../scripts/programs/programs.ts"

const Service = Schema.Struct({
  image: Schema.optionalKey(Schema.String),
  profiles: Schema.optionalKey(Schema.Array(Schema.String)),
  user: Schema.optionalKey(Schema.String),
  restart: Schema.String,
  read_only: Schema.Boolean,
  cap_drop: Schema.Array(Schema.String),
  cap_add: Schema.optionalKey(Schema.Array(Schema.String)),
  privileged: Schema.optionalKey(Schema.Boolean),
  security_opt: Schema.Array(Schema.String),
  pids_limit: Schema.Int,
  mem_limit: Schema.String,
  cpus: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  logging: Schema.Struct({
    driver: Schema.String,
    options: Schema.Struct({ "max-size": Schema.String, "max-file": Schema.String }),
  }),
  networks: Schema.optionalKey(Schema.Array(Schema.String)),
  network_mode: Schema.optionalKey(Schema.String),
  ports: Schema.optionalKey(Schema.Array(Schema.String)),
  volumes: Schema.Array(Schema.String),
  environment: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.NullOr(Schema.Union([Schema.String, Schema.Finite]))),
  ),
  entrypoint: Schema.optionalKey(Schema.Array(Schema.String)),
  command: Schema.optionalKey(Schema.Array(Schema.String)),
  healthcheck: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  depends_on: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ condition: Schema.String }))),
})

const text = readFileSync("docker-compose.yml", "utf8")
const { networks, services } = Schema.decodeUnknownSync(
  Schema.Struct({
    services: Schema.Record(Schema.String, Service),
    networks: Schema.Record(Schema.String, Schema.NullOr(Schema.Struct({ internal: Schema.Boolean }))),
  }),
)(parse(text, { merge: true }))
const dockerfile = readFileSync("Dockerfile", "utf8")
const named = Object.entries(services)
const { api, db, downloader, fileserver, migrate, setup } = services

/** The services that mount a volume. */
const readersOf = (volume: string) =>
  named
    .filter(([, { volumes }]) => volumes.some((each) => each.startsWith(`${volume}:`)))
    .map(([name]) => name)

describe("docker-compose.yml", () => {
  it("gives no container a privilege, and no container of a server root", () => {
    for (const [name, service] of named) {
      assert.deepStrictEqual(service.cap_drop, ["ALL"], name)
      assert.isUndefined(service.cap_add, name)
      assert.isUndefined(service.privileged, name)
      assert.include(service.security_opt, "no-new-privileges:true", name)
      assert.isTrue(service.read_only, name)
      if (service.user === "root") assert.deepInclude(service, { restart: "no", network_mode: "none" })
      else assert.isTrue(service.image === undefined || /^[1-9]\d*:[1-9]\d*$/.test(service.user ?? ""), name)
    }
    assert.match(dockerfile, /^USER [1-9]\d*:[1-9]\d*$/m)
  })

  it("names each image by a variable, so that it can be pinned by digest, and by a tag with a version", () => {
    const images = [...text.matchAll(/\$\{([A-Z]+)_IMAGE:-([^}]+)\}/g)].map(([, name = "", image = ""]) => [
      name,
      image,
    ])
    for (const [name, { image }] of named)
      assert.match(
        image ?? "${NODE_IMAGE:-built:1}",
        /^\$\{[A-Z]+_IMAGE:-[\w./-]+:(?!latest)[\w.-]+\}$/,
        name,
      )
    const bases = [...dockerfile.matchAll(/^ARG ([A-Z]+)_IMAGE=(.+)$/gm)].map(([, name = "", image = ""]) => [
      name,
      image,
    ])
    assert.deepStrictEqual(
      bases,
      images.filter(([name]) => name === "NODE" || name === "DEBIAN"),
    )
    for (const from of dockerfile.match(/^FROM .*/gm) ?? [])
      assert.match(from, /^FROM \$\{(?:NODE|DEBIAN)_IMAGE\}/)
  })

  it("runs programs that the image has, as the stack of Swarm does", () => {
    const bundles = Object.keys(programs).map((program) => bundleOf(program as Program))
    for (const file of [text, dockerfile, readFileSync("deploy/stack.yml", "utf8")]) {
      const started = [...file.matchAll(/[\w./-]+\.(?:[cm]?js|ts)\b/g)].map(([path]) => path)
      assert.isNotEmpty(started)
      assert.includeMembers(bundles, started)
    }
  })

  it("serves files without listing them", () => {
    assert.notInclude(readFileSync("fileserver/nginx.conf", "utf8"), "autoindex")
  })

  it("limits the memory, processors, processes and logs of every server", () => {
    for (const [name, service] of named) {
      assert.match(service.mem_limit, /^(?:\d+m|\$\{\w+:-\d+[mg]\})$/, name)
      assert.isAbove(service.pids_limit, 0, name)
      assert.strictEqual(service.logging.driver, "json-file", name)
      assert.match(service.logging.options["max-size"], /^\d+m$/, name)
      // A machine with one processor refuses a larger share.
      if (service.restart !== "no") assert.match(String(service.cpus), /^(?:0\.\d|\$\{\w+:-1\})$/, name)
    }
  })

  it("publishes ports on loopback only, unless configured otherwise, and never the database's", () => {
    const published = named.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))
    assert.deepStrictEqual(published, [
      "api ${API_ADDRESS:-127.0.0.1}:${API_PORT:-3000}:3000",
      "fileserver ${FILESERVER_ADDRESS:-127.0.0.1}:8000:8000",
      "jaeger 127.0.0.1:16686:16686",
      "prometheus 127.0.0.1:9090:9090",
      "alertmanager 127.0.0.1:9093:9093",
      "grafana 127.0.0.1:3001:3000",
    ])
  })

  it("keeps the database in a network of its own that leads nowhere", () => {
    assert.deepStrictEqual(networks["database"], { internal: true })
    assert.deepStrictEqual(
      named.filter(([, service]) => service.networks?.includes("database")).map(([name]) => name),
      ["db", "migrate", "api", "downloader"],
    )
    assert.deepStrictEqual(db?.networks, ["database"])
    assert.deepStrictEqual(fileserver?.networks, ["sources"])
  })

  it("has no password, and gives the one in the volume to those who need it only", () => {
    assert.notMatch(text, /:\/\/[^:@\s]+:[^@$\s]+@/)
    for (const [name, { environment = {} }] of named)
      for (const [key, value] of Object.entries(environment))
        if (/(?:password|secret|keys?|token)$/i.test(key)) assert.isNull(value, `${name}: ${key}`)
    for (const server of [api, downloader])
      assert.deepInclude(server?.environment, { PGPASSWORD_FILE: "/run/sluice/password" })
    assert.deepStrictEqual(readersOf("secrets"), ["setup", "db", "migrate"])
    assert.deepStrictEqual(readersOf("owner"), ["setup", "migrate"])
    assert.deepStrictEqual(readersOf("api"), ["setup", "migrate", "api"])
    assert.deepStrictEqual(readersOf("worker"), ["setup", "migrate", "downloader"])
    for (const [name, { volumes }] of named)
      if (name !== "setup")
        for (const volume of volumes)
          if (/^(?:secrets|owner|api|worker):/.test(volume)) assert.match(volume, /:ro$/, name)
  })

  it("lets API and workers use roles of their own, and neither the owner nor the superuser", () => {
    assert.include(api?.environment?.["DATABASE_URL"], "//sluice_api@")
    assert.include(downloader?.environment?.["DATABASE_URL"], "//sluice_worker@")
  })

  it("starts the services in order, and checks the health of each", () => {
    assert.deepStrictEqual(db?.depends_on, { setup: { condition: "service_completed_successfully" } })
    assert.deepStrictEqual(migrate?.depends_on, { db: { condition: "service_healthy" } })
    assert.deepStrictEqual(api?.depends_on, { migrate: { condition: "service_completed_successfully" } })
    assert.deepInclude(downloader?.depends_on, { migrate: { condition: "service_completed_successfully" } })
    // The images of the profile `observability` have no program that could check.
    for (const [name, { healthcheck, restart }] of named.filter(([, { profiles }]) => profiles === undefined))
      assert.strictEqual(healthcheck === undefined, restart === "no", name)
    assert.isTrue(setup?.volumes.includes("./deploy/setup.sh:/setup.sh:ro"))
  })
})

describe("deploy/setup.sh", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-setup-"))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Runs it with these settings. Returns what it complains about, and the password. */
  const setUp = (name: string, settings: Record<string, string>) => {
    const file = join(folder, name)
    const { PATH = "" } = process.env
    const env = { PATH, API_ADDRESS: "127.0.0.1", PASSWORD_FILE: file, ROLES: `${file}.roles`, ...settings }
    const { status, stderr } = spawnSync("bash", ["deploy/setup.sh"], { env, encoding: "utf8" })
    return { status, stderr, password: existsSync(file) ? readFileSync(file, "utf8") : undefined }
  }

  it("makes up a password once, and takes one from the settings", () => {
    const first = setUp("a", {})
    assert.match(first.password ?? "", /^[\da-f]{48}$/)
    assert.deepStrictEqual(setUp("a", {}), first)
    assert.notStrictEqual(setUp("b", {}).password, first.password)
    const own = "p@ss/word %41"
    assert.deepInclude(setUp("a", { POSTGRES_PASSWORD: own }), { status: 0, password: own })
  })

  it("makes up a password for each role, and one key for API and workers, once", () => {
    const files = [
      "owner/password",
      "api/password",
      "worker/password",
      "api/secrets.key",
      "worker/secrets.key",
    ]
    const read = () => files.map((file) => readFileSync(join(folder, "e.roles", file), "utf8"))
    setUp("e", {})
    const first = read()
    setUp("e", {})
    assert.deepStrictEqual(read(), first)
    const [owner, , , key, keyOfWorker] = first
    assert.match(owner ?? "", /^[\da-f]{48}$/)
    assert.strictEqual(new Set(first).size, 4)
    assert.strictEqual(keyOfWorker, key)
    assert.strictEqual(Buffer.from(key ?? "", "base64").length, 32)
  })

  it("refuses an API that is open to the network without keys", () => {
    for (const address of ["0.0.0.0", "192.168.1.5", "[::]"]) {
      const refused = setUp(address, { API_ADDRESS: address })
      assert.deepInclude(refused, { status: 1, password: undefined }, address)
      assert.include(refused.stderr, "Set API_KEYS or API_KEYS_FILE as well")
      assert.strictEqual(setUp(address, { API_ADDRESS: address, ALLOW_OPEN_API: "false" }).status, 1)
      for (const allowed of [{ API_KEYS: "k" }, { API_KEYS_FILE: "/keys/api" }, { ALLOW_OPEN_API: "true" }])
        assert.strictEqual(setUp(address, { API_ADDRESS: address, ...allowed }).status, 0)
    }
    for (const address of ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"])
      assert.strictEqual(setUp("d", { API_ADDRESS: address }).status, 0, address)
  })
})
