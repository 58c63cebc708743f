import { afterAll } from "vitest"
import { setTimeout } from "node:timers/promises"

/** What a test file must have closed when it ends, by Node's names for it (`process.getActiveResourcesInfo`). */
const leaks: Readonly<Record<string, string>> = {
  TCPServerWrap: "a listener",
  TCPSocketWrap: "a connection",
  ProcessWrap: "a process, such as a worker",
  UDPWrap: "a UDP socket",
}

const found = (): ReadonlyArray<string> =>
  process.getActiveResourcesInfo().flatMap((name) => leaks[name] ?? [])

/** Closing takes some turns of the event loop, and a process some time to end. */
const patience = 100

// Registered before the hooks of the test file, so it runs after them.
afterAll(async () => {
  for (let look = 0; look < patience && found().length > 0; look++) await setTimeout(50)
  if (found().length > 0) throw new Error(`This test file leaves open: ${found().join(", ")}.`)
})
