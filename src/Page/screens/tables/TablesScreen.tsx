import { addressIn } from "../../client/tables.ts"
import type { Place } from "../../navigation/place.ts"
import { OneTable } from "./OneTable.tsx"
import { TableList } from "./TableList.tsx"
import "./tables.css"

/** The loaded tables: all of them, or one. */
export const TablesScreen = ({ place }: { readonly place: Place }) => {
  const address = addressIn(place)
  return address === null ? <TableList place={place} /> : <OneTable address={address} place={place} />
}
