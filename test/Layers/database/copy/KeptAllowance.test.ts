import { assert, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import { KeptAllowance } from "../../../../src/Layers/database/copy/KeptAllowance.ts"

const on = (line: number) => ({ line, file: undefined })

it("keeps rejects and skipped lines up to the limit, and says from which line on none is kept", () => {
  const allowance = new KeptAllowance(ByteSize.bytes(250))
  const text = "x".repeat(20)
  assert.isTrue(allowance.takes("rejects", on(2), text))
  assert.isTrue(allowance.takes("skipped", on(3), text))
  assert.isEmpty(allowance.warnings)
  assert.isFalse(allowance.takes("rejects", on(4), text))
  assert.isFalse(allowance.takes("skipped", on(5)))
  assert.isFalse(allowance.takes("rejects", on(6)))
  const [warning] = allowance.warnings
  assert.deepInclude(warning, { code: "rejects_not_kept", line: 4 })
  assert.include(warning?.message, "2 rejects and 1 skipped lines")
})
