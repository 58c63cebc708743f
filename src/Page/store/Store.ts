import { useSyncExternalStore } from "react"

/** A value outside of the components that show it. */
export interface Store<A> {
  readonly get: () => A
  readonly set: (value: A) => void
  /** Calls the listener after each change. Returns how to stop that. */
  readonly subscribe: (listener: () => void) => () => void
}

export const makeStore = <A>(initial: A): Store<A> => {
  let current = initial
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set: (value) => {
      current = value
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The present value, for a component. */
export const useStore = <A>({ get, subscribe }: Store<A>): A => useSyncExternalStore(subscribe, get)
