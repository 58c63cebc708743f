import * as Schema from "effect/Schema"
import { list, option } from "../load/options/LoadOption.ts"
import { LoadOptions } from "../load/options/LoadOptions.ts"
import { mask, masked, type UrlMasking } from "../source/masking/UrlMasking.ts"
import { SourceUrl } from "../source/SourceUrl.ts"
import type { RefreshedSource } from "./RefreshedSource.ts"
import { ScheduleOptions } from "./ScheduleOptions.ts"
import type { WrittenSchedule } from "./WrittenSchedule.ts"

const changeable = { ...LoadOptions.fields, ...ScheduleOptions.fields }

/** A source is a file in a table: another one is another source. */
const identity: ReadonlySet<string> = new Set(["schema", "tableName", "target"])
const removable = new Set(Object.keys(changeable).filter((name) => !identity.has(name)))

const OptionName = Schema.String.check(
  Schema.makeFilter(
    (name: string) =>
      removable.has(name) || `unset must name options of the source, which ${JSON.stringify(name)} is not`,
  ),
)

/** A change of a source, as it is written in a request: options that are omitted stay as they are. */
export const SourceChange = Schema.Struct({
  fileUrl: Schema.optionalKey(
    SourceUrl.annotate({
      description:
        "The URL of the source, if secrets in it have changed. It is stored with the headers, so give both.",
      mustBe: "given once, as the URL of the source with its secrets",
    }),
  ),
  ...changeable,
  unset: option(Schema.Array(OptionName), list, {
    meaning: "Options that the source has no longer.",
    values: "names of options, in repeated fields, or in JSON a list",
    examples: [["headers", "every"]],
    ifOmitted: "none",
  }),
})
export type SourceChange = typeof SourceChange.Type

/** Whether the change gives or removes the option. */
export const isChanged = (change: SourceChange, option: keyof SourceChange & keyof LoadOptions): boolean =>
  change[option] !== undefined || change.unset?.includes(option) === true

/** Whether a URL, as it is shown, has no secrets and could be given. One with escaped characters can be too long. */
const isComplete = (shown: string): boolean => !shown.includes(mask) && Schema.is(SourceUrl)(shown)

/** Why a source cannot be changed in this way: the option, and the end of a sentence that starts with it. */
export const refusedChange = (
  source: RefreshedSource,
  change: SourceChange,
  masking: UrlMasking,
): readonly [string, string] | null => {
  const { fileUrl, schema = source.schema, tableName = source.table, unset = [] } = change
  const another = "create another source for another one"
  if (fileUrl?.includes(mask) === true && source.fileUrl.includes(mask))
    return ["fileUrl", `has ${mask} where the source has a secret: give the secret`]
  if (fileUrl !== undefined && masked(fileUrl, masking) !== source.fileUrl)
    return ["fileUrl", `must be ${source.fileUrl} with its secrets: ${another}`]
  if (tableName !== source.table) return ["tableName", `must be ${source.table}: ${another}`]
  if (schema !== source.schema) return ["schema", `must be ${source.schema}: ${another}`]
  if ((change.target ?? source.target) !== source.target)
    return ["target", `must be ${source.target}: ${another}`]
  const both = unset.find((name) => Object.hasOwn(change, name))
  if (both !== undefined) return ["unset", `names ${both}, which is given: omit one of them`]
  const changesHeaders = isChanged(change, "headers")
  if (changesHeaders && fileUrl === undefined && !isComplete(source.fileUrl))
    return ["fileUrl", "is missing: it is stored with the headers, so give both"]
  if (fileUrl !== undefined && !changesHeaders && source.options.headers !== undefined)
    return ["headers", "are missing: they are stored with the URL, so give them too, or unset=headers"]
  return null
}

/** The URL to be stored with the headers, whose secrets one place has; `undefined` if they stay. */
export const storedUrl = (source: RefreshedSource, change: SourceChange): SourceUrl | undefined =>
  change.fileUrl ?? (isChanged(change, "headers") ? SourceUrl.make(source.fileUrl) : undefined)

/**
 * The options of the changed source, those of its schedule included, which must be checked as those of a new one. A given
 * `every` or `cron` takes the place of the schedule. The `callbackUrl` is that of the change, if it has one.
 */
export const changedOptions = (
  source: RefreshedSource,
  change: SourceChange,
): Readonly<Record<string, unknown>> => {
  const { fileUrl: _, unset = [], ...changes } = change
  const { cron, every, timezone } = source
  const { callbackUrl: __, ...kept } = source.options
  const isKept = changes.every === undefined && changes.cron === undefined
  const options: Record<string, unknown> = {
    ...kept,
    ...(isKept && every !== null ? { every } : {}),
    ...(isKept && cron !== null ? { cron } : {}),
    ...(cron !== null && changes.every === undefined && !unset.includes("cron") ? { timezone } : {}),
    ...changes,
    tableName: source.table,
  }
  return Object.fromEntries(Object.entries(options).filter(([name]) => !unset.includes(name)))
}

/** A source as it will be. */
export interface ChangedSource {
  readonly options: LoadOptions
  readonly schedule: WrittenSchedule
  /** The URL with its secrets, to be stored anew with the headers among the options; `undefined`: both stay. */
  readonly fileUrl: SourceUrl | undefined
  /** Whether the receiver is that of the options, or else stays. */
  readonly changesCallback: boolean
}
