import * as Effect from "effect/Effect"
import type { CsvSource } from "../../src/Domain/source/CsvSource.ts"

/** For tests whose jobs are no runs of sources. */
export const unversioned: CsvSource["Service"]["openIfChanged"] = () =>
  Effect.die(new Error("no job of this test is the run of a source"))
