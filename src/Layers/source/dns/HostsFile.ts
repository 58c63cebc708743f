import * as net from "node:net"

export const systemHostsFile =
  process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts"

/**
 * The addresses of a name in a hosts file, in file order. `localhost` and the names under it are
 * loopback even without an entry (RFC 6761, section 6.3).
 *
 * @param name in lower case, without a trailing dot
 */
export const addressesIn = (text: string, name: string): ReadonlyArray<string> => {
  const addresses = new Set<string>()
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/)
    if (net.isIP(address) !== 0 && names.some((entry) => entry.toLowerCase() === name)) addresses.add(address)
  }
  if (addresses.size === 0 && /(?:^|\.)localhost$/.test(name)) return ["127.0.0.1", "::1"]
  return [...addresses]
}
