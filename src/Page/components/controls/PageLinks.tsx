import { Link } from "../../navigation/Link.tsx"
import { goTo } from "../../navigation/place.ts"

/** Leads to the first page of a list and to the next one. */
export const PageLinks = (props: {
  /** The link to the first page; `null` on that page. */
  readonly first: string | null
  /** The link to the next page; `null` on the last one. */
  readonly next: string | null
  readonly firstLabel?: string
  readonly nextLabel?: string
}) => {
  const { first, firstLabel = "First page", next, nextLabel = "More" } = props
  return (
    <div className="row">
      {first === null ? null : (
        <Link className="button" href={first}>
          {firstLabel}
        </Link>
      )}
      {next === null ? null : (
        <button type="button" className="button" onClick={() => goTo(next)}>
          {nextLabel}
        </button>
      )}
    </div>
  )
}
