import * as Context from "effect/Context"
import * as dns from "node:dns"
import type * as net from "node:net"

/** How host names become addresses: the system's resolver, hosts file included. */
export const HostLookup = Context.Reference<net.LookupFunction>("sluice/Layers/source/HostLookup", {
  defaultValue: () => (hostname, options, callback) => dns.lookup(hostname, options, callback),
})
