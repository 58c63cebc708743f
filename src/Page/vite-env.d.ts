/** What `scripts/page/loadOptionsPlugin.ts` takes from the domain. */
declare module "virtual:load-options" {
  export interface LoadOption {
    readonly name: string
    readonly meaning: string
    /** More about it; may be empty. */
    readonly details: string
    /** What it takes, in words. */
    readonly values: string
    readonly example: string
    readonly ifOmitted: string
    readonly isList: boolean
    /** The fixed values that it takes; empty if it takes others too. */
    readonly choices: ReadonlyArray<string>
  }
  export const loadOptions: ReadonlyArray<LoadOption>
  export const columnTypes: ReadonlyArray<string>
  export const encodings: ReadonlyArray<string>
}
