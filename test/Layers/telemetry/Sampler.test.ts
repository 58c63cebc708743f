import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { sampler } from "../../../src/Layers/telemetry/Sampler.ts"

const span = (traceId: string, parentSampled?: boolean) => {
  const parent =
    parentSampled === undefined
      ? Option.none()
      : Option.some(Tracer.externalSpan({ traceId, spanId: "0000000000000001", sampled: parentSampled }))
  const made = new Tracer.NativeSpan({
    name: "a",
    parent,
    annotations: Context.empty(),
    links: [],
    startTime: 0n,
    kind: "internal",
    sampled: parentSampled ?? true,
  })
  return Object.assign(made, { _traceId: traceId })
}

const low = `${"0".repeat(18)}00000000000001`
const high = `${"0".repeat(18)}ffffffffffffff`

describe("a sampler", () => {
  it("exports all, none, or a part of the traces", () => {
    assert.isTrue(sampler("always_on", 0)(span(low)))
    assert.isFalse(sampler("always_off", 1)(span(high)))
    assert.isTrue(sampler("traceidratio", 0.01)(span(high)))
    assert.isFalse(sampler("traceidratio", 0.99)(span(low)))
    assert.isTrue(sampler("traceidratio", 1)(span(low)))
    assert.isFalse(sampler("traceidratio", 0)(span(high)))
  })

  it("that is parentbased does as the parent, also one of another process", () => {
    for (const name of [
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
    ] as const)
      for (const parentSampled of [true, false])
        assert.strictEqual(sampler(name, 0.5)(span(low, parentSampled)), parentSampled)
    assert.isTrue(sampler("parentbased_always_on", 0)(span(low)))
    assert.isFalse(sampler("parentbased_always_off", 1)(span(low)))
    assert.isTrue(sampler("always_on", 1)(span(low, false)))
  })
})
