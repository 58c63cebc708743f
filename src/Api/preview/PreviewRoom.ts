import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { hostOf } from "../../Domain/source/hosts/HostAndPort.ts"

/**
 * Concurrent previews in one process. Each may hold some megabytes. Several times what one caller may have by default, so
 * that its sources that do not respond leave places for others.
 */
export const maxConcurrent = 16

/** Previews of one host in one process, also those that wait until their host has a place. Other hosts have the rest. */
export const maxOfHost = maxConcurrent / 2

/** A preview is refused: too many read, or too many are of its host. */
export class RoomTaken extends Data.TaggedError("RoomTaken")<{ readonly host: string | null }> {}

/** The previews of a process. */
interface PreviewRoom {
  /** Counts a preview for its host until it ends. Refuses it at once if too many read, before anything else is asked. */
  readonly admit: <A, E, R>(
    fileUrl: string,
    preview: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E | RoomTaken, R>
  /** Reads a file. A preview that waits for its host does not read yet, so it takes no place of others. */
  readonly read: <A, E, R>(reading: Effect.Effect<A, E, R>) => Effect.Effect<A, E | RoomTaken, R>
}

/** An upload has none. */
const hostFrom = (fileUrl: string): string => {
  const url = URL.parse(fileUrl)
  return url === null ? "" : hostOf(url)
}

export const make = (): PreviewRoom => {
  let reading = 0
  const ofHosts = new Map<string, number>()
  const ifRoom = Effect.suspend(() =>
    reading < maxConcurrent ? Effect.void : Effect.fail(new RoomTaken({ host: null })),
  )
  const add = (host: string, change: 1 | -1) => {
    const count = (ofHosts.get(host) ?? 0) + change
    if (count === 0) ofHosts.delete(host)
    else ofHosts.set(host, count)
  }
  const counted = <A, E, R>(host: string, preview: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      Effect.suspend(() => {
        if ((ofHosts.get(host) ?? 0) >= maxOfHost) return Effect.fail(new RoomTaken({ host }))
        add(host, 1)
        return Effect.void
      }),
      () => preview,
      () => Effect.sync(() => add(host, -1)),
    )
  return {
    admit: (fileUrl, preview) => {
      const host = hostFrom(fileUrl)
      return Effect.andThen(ifRoom, host === "" ? preview : counted(host, preview))
    },
    read: (file) =>
      Effect.acquireUseRelease(
        Effect.andThen(
          ifRoom,
          Effect.sync(() => reading++),
        ),
        () => file,
        () => Effect.sync(() => reading--),
      ),
  }
}
