import { makeStore, useStore } from "../store/Store.ts"

/**
 * What the page shows, all of it in the fragment of its URL: `#/jobs?state=failed`. Browsers send a fragment to no server, so
 * the URLs of files, which may have secrets, get into no log.
 */
export interface Place {
  /** Its parts: `["job", "<id>"]`. */
  readonly path: ReadonlyArray<string>
  readonly query: URLSearchParams
}

/** What stays with an entry of the browser's history, over reloads too, and is not in its URL. */
export interface Kept {
  /** The page itself made the entry. Without it, somebody may have followed a link of another site. */
  readonly isOwn: true
  /** The request headers for the source, which are secret. */
  readonly headers?: ReadonlyArray<string>
}

const parse = (hash: string): Place => {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s)
  return {
    path: path
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent),
    query: new URLSearchParams(query),
  }
}

const safely = (hash: string): Place => {
  try {
    return parse(hash)
  } catch {
    // A malformed percent-encoding, typed by hand.
    return { path: [hash], query: new URLSearchParams() }
  }
}

/** The link to a place, for `href`. */
export const linkTo = (path: ReadonlyArray<string>, query?: URLSearchParams): string => {
  const text = query?.toString() ?? ""
  return `#/${path.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`
}

const current = makeStore(safely(location.hash))

const update = () => current.set(safely(location.hash))

addEventListener("popstate", update)
addEventListener("hashchange", update)

/** Goes to another place, with an entry in the browser's history. */
export const goTo = (link: string, kept: Omit<Kept, "isOwn"> = {}): void => {
  history.pushState({ isOwn: true, ...kept } satisfies Kept, "", link)
  update()
  scrollTo(0, 0)
}

/** Changes the URL of this place, without another entry in the history. */
export const replacePlace = (link: string, kept: Omit<Kept, "isOwn"> = {}): void => {
  history.replaceState({ isOwn: true, ...kept } satisfies Kept, "", link)
  update()
}

const isKept = (state: unknown): state is Kept =>
  typeof state === "object" && state !== null && "isOwn" in state && state.isOwn === true

/** What stays with the present entry; `null` if the page did not make it. */
export const kept = (): Kept | null => (isKept(history.state) ? history.state : null)

/** The present place. */
export const usePlace = (): Place => useStore(current)
