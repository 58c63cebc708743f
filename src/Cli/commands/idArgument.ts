import * as Schema from "effect/Schema"
import { Argument } from "effect/cli"

/**
 * The id of a job or a source.
 *
 * @param command that writes such ids
 */
export const idArgument = <A>(name: string, schema: Schema.Codec<A, string>, command: string) =>
  Argument.String(name).pipe(
    Argument.withDescription(`The ${name}'s id, from ${command}`),
    Argument.filterMap(Schema.decodeOption(schema), () => `a UUID, the id from ${command}`),
  )
