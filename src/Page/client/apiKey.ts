import { useSyncExternalStore } from "react"

const name = "sluice.apiKey"

/** The page waits for an API key, because a request needs one. */
export interface KeyRequest {
  /** Whether the service has refused a key. */
  readonly isRetry: boolean
  readonly give: (key: string) => void
}

let pending: { readonly request: KeyRequest; readonly given: Promise<void> } | null = null
const listeners = new Set<() => void>()

const set = (next: typeof pending) => {
  pending = next
  for (const listener of listeners) listener()
}

/** The API key of this tab. The browser forgets it with the tab, and sends it nowhere by itself. */
export const apiKey = (): string | null => sessionStorage.getItem(name)

/** Whether this tab has a key. */
export const hasApiKey = (): boolean => apiKey() !== null

/** Removes the key from this tab. */
export const forgetKey = (): void => {
  sessionStorage.removeItem(name)
  set(null)
}

/**
 * Waits until the user has given a key. All requests that need one wait for the same.
 *
 * @param refused the key that the request had, if any
 */
export const askForKey = async (refused: string | null): Promise<void> => {
  // Another request has got a key meanwhile.
  if (pending === null && apiKey() !== refused) return
  if (pending === null) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const give = (key: string) => {
      sessionStorage.setItem(name, key)
      set(null)
      resolve()
    }
    set({ request: { isRetry: refused !== null, give }, given: promise })
  }
  await pending?.given
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The request for a key that waits for the user; `null` if none does. */
export const useKeyRequest = (): KeyRequest | null =>
  useSyncExternalStore(subscribe, () => pending?.request ?? null)

/** Whether this tab has a key, as it changes. */
export const useHasKey = (): boolean => useSyncExternalStore(subscribe, hasApiKey)
