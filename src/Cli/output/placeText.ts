import { defaultTarget } from "../../Domain/load/columns/target/RecordedTarget.ts"

/** A table with its schema, and with its database if that has a name. */
export const placeText = (place: {
  readonly schema: string
  readonly table: string
  readonly target: string
}): string => {
  const name = `${place.schema}.${place.table}`
  return place.target === defaultTarget ? name : `${name} in ${place.target}`
}
