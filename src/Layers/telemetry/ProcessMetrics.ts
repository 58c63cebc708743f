import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { monitorEventLoopDelay, performance } from "node:perf_hooks"
import { getHeapSpaceStatistics } from "node:v8"
import { observe } from "../../Domain/telemetry/Metrics.ts"

const nanosPerSecond = 1e9
const microsPerSecond = 1e6

const heapSpace = (name: string) => getHeapSpaceStatistics().find(({ space_name }) => space_name === name)

/**
 * Metrics of the process and of Node, read when metrics are exported or scraped.
 *
 * @param identity attributes of the process
 */
export const layer = (identity: Readonly<Record<string, string>>) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      yield* observe(
        "sluice.build_info",
        {
          "service.version": identity["service.version"],
          "service.instance.id": identity["service.instance.id"],
          "sluice.role": identity["sluice.role"],
          "process.runtime.version": process.versions.node,
        },
        () => 1,
      )
      yield* observe("process.uptime", {}, () => process.uptime())
      yield* observe("process.memory.usage", {}, () => process.memoryUsage.rss())
      for (const mode of ["user", "system"] as const)
        yield* observe(
          "process.cpu.time",
          { "cpu.mode": mode },
          () => process.cpuUsage()[mode] / microsPerSecond,
        )
      for (const { space_name: name } of getHeapSpaceStatistics()) {
        const attributes = { "v8js.heap.space.name": name }
        yield* observe("v8js.memory.heap.used", attributes, () => heapSpace(name)?.space_used_size ?? 0)
        yield* observe("v8js.memory.heap.limit", attributes, () => heapSpace(name)?.space_size ?? 0)
      }
      const delay = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const histogram = monitorEventLoopDelay({ resolution: 20 })
          histogram.enable()
          return histogram
        }),
        (histogram) => Effect.sync(() => void histogram.disable()),
      )
      /** 0 before the first measurement. */
      const seconds = (read: () => number) => () => (delay.count === 0 ? 0 : read() / nanosPerSecond)
      yield* observe(
        "nodejs.eventloop.delay.p50",
        {},
        seconds(() => delay.percentile(50)),
      )
      yield* observe(
        "nodejs.eventloop.delay.p99",
        {},
        seconds(() => delay.percentile(99)),
      )
      yield* observe(
        "nodejs.eventloop.delay.max",
        {},
        seconds(() => delay.max),
      )
      let before = performance.eventLoopUtilization()
      yield* observe("nodejs.eventloop.utilization", {}, () => {
        const now = performance.eventLoopUtilization()
        const { utilization } = performance.eventLoopUtilization(now, before)
        before = now
        return utilization
      })
    }),
  )
