import { execFile } from "node:child_process"
import { chown, mkdtemp, rm, stat, statfs } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const execute = promisify(execFile)

/** A file system in memory that can be filled and freed at once. */
export interface SmallDisk {
  readonly path: string
  /** Leaves no free space. */
  readonly fill: Effect.Effect<void>
  readonly free: Effect.Effect<void>
}

const fullSize = "8g"

/** Mounts a disk for the owner of the folder until the scope closes. `undefined` without Linux and root. */
export const mount = (ownersFolder: string): Effect.Effect<SmallDisk | undefined, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined
      const path = await mkdtemp(join(tmpdir(), "sluice-disk-"))
      const { gid, uid } = await stat(ownersFolder)
      try {
        await execute("mount", ["-t", "tmpfs", "-o", `size=${fullSize},mode=0700`, "tmpfs", path])
        await chown(path, uid, gid)
        return path
      } catch {
        await rm(path, { recursive: true })
        return undefined
      }
    }),
    (path) =>
      Effect.promise(async () => {
        if (path === undefined) return
        await execute("umount", ["--lazy", path])
        await rm(path, { recursive: true })
      }),
  ).pipe(
    Effect.map((path) => {
      if (path === undefined) return undefined
      const resize = (size: string) => execute("mount", ["-o", `remount,size=${size}`, path])
      return {
        path,
        fill: Effect.promise(async () => {
          // The resize fails if writes meanwhile have exceeded the new size.
          for (let tries = 0; tries < 20; tries++) {
            const { bfree, blocks, bsize } = await statfs(path)
            const isFull = await resize(`${((blocks - bfree) * bsize) / 1024}k`).then(
              () => true,
              () => false,
            )
            if (isFull) return
          }
        }),
        free: Effect.promise(() => resize(fullSize)).pipe(Effect.asVoid),
      }
    }),
  )
