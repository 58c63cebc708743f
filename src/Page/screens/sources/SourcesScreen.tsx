import type { Place } from "../../navigation/place.ts"
import { EditSource } from "./EditSource.tsx"
import { NewSource } from "./NewSource.tsx"
import { OneSource } from "./OneSource.tsx"
import { SourceList } from "./SourceList.tsx"
import "./sources.css"

/** URLs that are loaded again: all of them, one, or a new one. */
export const SourcesScreen = ({ place }: { readonly place: Place }) => {
  const [, part, action] = place.path
  if (part === undefined) return <SourceList place={place} />
  if (part === "new") return <NewSource place={place} />
  return action === "edit" ? <EditSource sourceId={part} /> : <OneSource sourceId={part} />
}
