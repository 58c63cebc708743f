/** Ports on 127.0.0.1. */
export interface NodePorts {
  readonly postgres: number
  /** Patroni's API. */
  readonly api: number
}

const local = (port: number): string => `127.0.0.1:${port}`

/** The superuser, whom every local connection may use. */
export const superuser = "postgres"

/** Settings of a node for Patroni. JSON is YAML. */
export const patroniSettings = (options: {
  readonly name: string
  readonly ports: NodePorts
  readonly etcdPort: number
  readonly dataFolder: string
  readonly socketFolder: string
  readonly postgresFolder: string
}): string =>
  JSON.stringify({
    scope: "sluice",
    name: options.name,
    restapi: { listen: local(options.ports.api), connect_address: local(options.ports.api) },
    etcd3: { hosts: local(options.etcdPort) },
    bootstrap: {
      dcs: {
        // The shortest that Patroni accepts for these waits: a dead leader is replaced after 10 s.
        ttl: 10,
        loop_wait: 2,
        retry_timeout: 3,
        maximum_lag_on_failover: 1_000_000_000,
        synchronous_mode: true,
        postgresql: { use_pg_rewind: true, parameters: { max_connections: 200, wal_keep_size: "256MB" } },
      },
      initdb: [{ encoding: "UTF8" }, { locale: "C.UTF-8" }, "data-checksums"],
    },
    postgresql: {
      listen: local(options.ports.postgres),
      connect_address: local(options.ports.postgres),
      data_dir: options.dataFolder,
      bin_dir: options.postgresFolder,
      pgpass: `${options.socketFolder}/${options.name}.pgpass`,
      authentication: {
        superuser: { username: superuser, password: superuser },
        replication: { username: "replicator", password: "replicator" },
      },
      parameters: { unix_socket_directories: options.socketFolder },
      pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
    },
    watchdog: { mode: "off" },
  })

/** A proxy to the node that Patroni says is the leader. Connections to a node that is no longer the leader are closed. */
export const haproxySettings = (port: number, nodes: ReadonlyArray<NodePorts>): string => `
defaults
  mode tcp
  timeout connect 2s
  timeout check 3s
  timeout client 30m
  timeout server 30m
listen leader
  bind ${local(port)}
  option httpchk GET /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${nodes.map(({ api, postgres }, n) => `  server node${n + 1} ${local(postgres)} check port ${api}`).join("\n")}
`
