import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmod, mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { TestProject } from "vitest/node"
import { inheritedEnvironment } from "./inheritedEnvironment.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the run's Postgres, as a user that may create databases. */
    readonly databaseUrl: string
  }
}

/**
 * One Postgres for the whole run: that of `DATABASE_URL`, or one of its own. It belongs to a process of its own
 * (`runGuard.ts`), as does the folder in which all tests make their temporary files.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-test-"))
  // Started by root, a server runs as another user, who must get in.
  await chmod(folder, 0o755)
  // Where `tmpdir()` points in every test.
  Object.assign(process.env, {
    TMPDIR: folder,
    NODE_COMPILE_CACHE: inheritedEnvironment().NODE_COMPILE_CACHE ?? join(folder, "compiled"),
  })
  const guard = spawn(process.execPath, [fileURLToPath(new URL("runGuard.ts", import.meta.url)), folder], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  })
  const exited = once(guard, "exit")
  const lines = createInterface(guard.stdout)
  const [line] = await Promise.race([
    once(lines, "line"),
    exited.then(([code]) =>
      Promise.reject(new Error(`the run's Postgres did not start (exit code ${code})`)),
    ),
  ])
  project.provide("databaseUrl", String(line))
  return async () => {
    guard.stdin.end()
    await exited
  }
}
