import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { inheritedEnvironment } from "../../support/inheritedEnvironment.ts"

/** A program is not installed, or a part of the cluster does not start. */
export class ClusterUnavailable extends Data.TaggedError("ClusterUnavailable")<{
  readonly message: string
}> {}

const folders = (inheritedEnvironment().PATH ?? "").split(":").concat("/usr/sbin")

const find = (name: string): string | undefined =>
  folders.map((folder) => join(folder, name)).find((path) => existsSync(path))

const debianPostgres = "/usr/lib/postgresql"

/** The programs of Debian's newest Postgres. */
const postgresFolder = (): string | undefined => {
  if (!existsSync(debianPostgres)) return undefined
  const versions = readdirSync(debianPostgres).toSorted((a, b) => Number(b) - Number(a))
  return versions
    .map((version) => join(debianPostgres, version, "bin"))
    .find((folder) => existsSync(join(folder, "pg_rewind")))
}

/** Where the programs of the cluster are. */
interface Programs {
  readonly etcd: string
  readonly patroni: string
  readonly haproxy: string
  /** The folder of Postgres's programs. */
  readonly postgres: string
}

export const locate = Effect.gen(function* () {
  const [etcd, patroni, haproxy] = ["etcd", "patroni", "haproxy"].map(find)
  const postgres = postgresFolder()
  if (etcd === undefined || patroni === undefined || haproxy === undefined || postgres === undefined)
    return yield* new ClusterUnavailable({
      message:
        "This needs Patroni, etcd, HAProxy and Postgres. On Debian: apt-get install --no-install-recommends patroni etcd-server haproxy postgresql-15",
    })
  return { etcd, patroni, haproxy, postgres } satisfies Programs
})
