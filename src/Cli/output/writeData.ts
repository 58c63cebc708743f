import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { visible } from "./visible.ts"
import { Json } from "../server/ServerFlags.ts"
import { writeLines } from "./writeBytes.ts"

/**
 * Writes a result to standard output: for people, or with `--json` as the API returns it.
 *
 * @param lines the result for people
 */
export const writeData = Effect.fnUntraced(function* <A, I>(
  schema: Schema.Codec<A, I>,
  value: A,
  lines: (value: A) => ReadonlyArray<string>,
) {
  if (yield* Json)
    return yield* writeLines([
      JSON.stringify(yield* Effect.orDie(Schema.encodeEffect(schema)(value)), null, 2),
    ])
  yield* writeLines(lines(value).map(visible))
})
