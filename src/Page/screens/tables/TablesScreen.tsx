import type { Place } from "../../navigation/place.ts"
import { OneTable } from "./OneTable.tsx"
import { TableList } from "./TableList.tsx"
import "./tables.css"

/** The loaded tables: all of them, or one. */
export const TablesScreen = ({ place }: { readonly place: Place }) => {
  const [, name] = place.path
  return name === undefined ? <TableList place={place} /> : <OneTable name={name} place={place} />
}
