import type { Place } from "../../navigation/place.ts"
import { NewSource } from "./NewSource.tsx"
import { OneSource } from "./OneSource.tsx"
import { SourceList } from "./SourceList.tsx"
import "./sources.css"

/** URLs that are loaded again: all of them, one, or a new one. */
export const SourcesScreen = ({ place }: { readonly place: Place }) => {
  const [, part] = place.path
  if (part === undefined) return <SourceList place={place} />
  return part === "new" ? <NewSource place={place} /> : <OneSource sourceId={part} />
}
