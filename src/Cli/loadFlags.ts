import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { Flag } from "effect/cli"
import { type DescribedOption, describedOption } from "../Domain/load/options/LoadOption.ts"
import { LoadOptions } from "../Domain/load/options/LoadOptions.ts"
import { defaultSourceMode } from "../Domain/load/options/ModeOptions.ts"
import { SourceChange } from "../Domain/refresh/SourceChange.ts"
import { ScheduleOptions } from "../Domain/refresh/ScheduleOptions.ts"
import { flagOf, withFlags } from "./optionName.ts"

/** An option as the user wrote it. */
type Written = Schema.Json | undefined

const isBoolean = ({ jsonSchema }: DescribedOption): boolean => jsonSchema()["type"] === "boolean"

const isEmpty = (value: Schema.Json | undefined): boolean =>
  value === undefined || value === "" || (Array.isArray(value) && value.length === 0)

/** The value of an option that is not given; `undefined` if a description has none. */
type DefaultOf = (name: string, option: DescribedOption) => Schema.Json | undefined

/** A flag has the texts of a form, and takes no JSON list. */
const valuesOf = ({ isList, values }: DescribedOption): string =>
  `${values.replace(/(?:, in repeated fields)?, or in JSON .*$/, "")}.${isList ? " Repeat it for several." : ""}`

/** Reads the option as a form of the API has it, so that flags and fields take the same texts. */
const flagFor = (name: string, option: DescribedOption, defaultOf: DefaultOf): Flag.Flag<Written> => {
  const ifOmitted = defaultOf(name, option)
  const described = <A>(flag: Flag.Flag<A>) =>
    Flag.withDescription(
      flag,
      withFlags(
        `${option.meaning} Takes ${valuesOf(option)}${isEmpty(ifOmitted) ? "" : ` Default: ${String(ifOmitted)}`}`,
      ).replaceAll("`", ""),
    )
  const flag = flagOf(name)
  if (isBoolean(option))
    return Flag.Boolean(flag).pipe(described, Flag.optional, Flag.map(Option.getOrUndefined<boolean>))
  const text = Flag.String(flag).pipe(described)
  return option.isList
    ? text.pipe(
        Flag.atLeast(0),
        Flag.map((texts) => (texts.length === 0 ? undefined : texts.length === 1 ? texts[0] : texts)),
      )
    : text.pipe(Flag.optional, Flag.map(Option.getOrUndefined<string>))
}

const flagsOf = (
  fields: Schema.Struct.Fields,
  defaultOf: DefaultOf = (_, option) => option.default,
): Readonly<Record<string, Flag.Flag<Written>>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, { ast }]) => {
      const option = describedOption(ast)
      return option === undefined ? [] : [[name, flagFor(name, option, defaultOf)]]
    }),
  )

/** A flag for every load option of the API. */
export const loadFlags = flagsOf(LoadOptions.fields)

/** The same for a source. */
export const sourceFlags = flagsOf(LoadOptions.fields, (name, option) =>
  name === "mode" ? defaultSourceMode : option.default,
)

/** A flag for every option about the times of a source. */
export const scheduleFlags = flagsOf(ScheduleOptions.fields)

/** A flag for every option that a change of a source can have. One that is not given stays as it is. */
export const changeFlags = flagsOf(SourceChange.fields, () => undefined)

/** The options that were given. */
export const givenOptions = (flags: Readonly<Record<string, Written>>): Schema.JsonObject =>
  Object.fromEntries(
    Object.entries(flags).filter((entry): entry is [string, Schema.Json] => entry[1] !== undefined),
  )
