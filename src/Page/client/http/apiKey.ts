import { useSyncExternalStore } from "react"
import { makeStore, useStore } from "../../store/Store.ts"

const name = "sluice.apiKey"

/** The page waits for an API key, because a request needs one. */
export interface KeyRequest {
  /** Whether the service has refused a key. */
  readonly isRetry: boolean
  readonly give: (key: string) => void
}

const pending = makeStore<{ readonly request: KeyRequest; readonly given: Promise<void> } | null>(null)

/** The API key of this tab. The browser forgets it with the tab, and sends it nowhere by itself. */
export const apiKey = (): string | null => sessionStorage.getItem(name)

/** Whether this tab has a key. */
export const hasApiKey = (): boolean => apiKey() !== null

/** Removes the key from this tab. */
export const forgetKey = (): void => {
  sessionStorage.removeItem(name)
  pending.set(null)
}

/**
 * Waits until the user has given a key. All requests that need one wait for the same.
 *
 * @param refused the key that the request had, if any
 */
export const askForKey = async (refused: string | null): Promise<void> => {
  // Another request has got a key meanwhile.
  if (pending.get() === null && apiKey() !== refused) return
  if (pending.get() === null) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const give = (key: string) => {
      sessionStorage.setItem(name, key)
      pending.set(null)
      resolve()
    }
    pending.set({ request: { isRetry: refused !== null, give }, given: promise })
  }
  await pending.get()?.given
}

/** The request for a key that waits for the user; `null` if none does. */
export const useKeyRequest = (): KeyRequest | null => useStore(pending)?.request ?? null

/** Whether this tab has a key, as it changes. */
export const useHasKey = (): boolean => useSyncExternalStore(pending.subscribe, hasApiKey)
