import type { MetricDefinition } from "./MetricDefinition.ts"

/** The metrics of a process itself. */
export const runtimeMetrics = {
  "nodejs.eventloop.delay.p50": {
    kind: "gauge",
    unit: "s",
    meaning: "median delay of the event loop since the start",
    attributes: {},
    in: "all",
  },
  "nodejs.eventloop.delay.p99": {
    kind: "gauge",
    unit: "s",
    meaning: "99th percentile of the same",
    attributes: {},
    in: "all",
  },
  "nodejs.eventloop.delay.max": {
    kind: "gauge",
    unit: "s",
    meaning: "largest of the same",
    attributes: {},
    in: "all",
  },
  "nodejs.eventloop.utilization": {
    kind: "gauge",
    unit: "1",
    meaning: "part of the time since the last export or scrape in which the event loop was busy",
    attributes: {},
    in: "all",
  },
  "v8js.memory.heap.used": {
    kind: "updowncounter",
    unit: "By",
    meaning: "used memory of a heap space",
    attributes: { "v8js.heap.space.name": "as V8 names it" },
    in: "all",
  },
  "v8js.memory.heap.limit": {
    kind: "updowncounter",
    unit: "By",
    meaning: "size of a heap space",
    attributes: { "v8js.heap.space.name": "as V8 names it" },
    in: "all",
  },
  "process.memory.usage": {
    kind: "updowncounter",
    unit: "By",
    meaning: "resident memory of the process",
    attributes: {},
    in: "all",
  },
  "process.cpu.time": {
    kind: "counter",
    unit: "s",
    meaning: "processor time of the process",
    attributes: { "cpu.mode": "`user`, `system`" },
    in: "all",
  },
  "process.uptime": {
    kind: "gauge",
    unit: "s",
    meaning: "time since the start of the process",
    attributes: {},
    in: "all",
  },
  "sluice.build_info": {
    kind: "gauge",
    unit: "{build}",
    meaning: "always 1; its attributes identify the process",
    attributes: {
      "service.version": "version of Sluice",
      "service.instance.id": "as on the [resource](#telemetry)",
      "sluice.role": "`api`, `worker`, `all`",
      "process.runtime.version": "version of Node",
    },
    in: "all",
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>
