import { useSyncExternalStore } from "react"

const name = "sluice.theme"

export type Theme = "light" | "dark"

const preferred = matchMedia("(prefers-color-scheme: dark)")
const listeners = new Set<() => void>()

const chosen = (): Theme | null => {
  const theme = localStorage.getItem(name)
  return theme === "light" || theme === "dark" ? theme : null
}

const current = (): Theme => chosen() ?? (preferred.matches ? "dark" : "light")

const notify = () => {
  for (const listener of listeners) listener()
}

/** Shows the chosen theme; without a choice, the style follows the system by itself. */
export const applyTheme = (): void => {
  const theme = chosen()
  if (theme !== null) document.documentElement.dataset["theme"] = theme
}

/** Changes to the other theme, for all visits with this browser. */
export const switchTheme = (): void => {
  localStorage.setItem(name, current() === "dark" ? "light" : "dark")
  applyTheme()
  notify()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  preferred.addEventListener("change", listener)
  return () => {
    listeners.delete(listener)
    preferred.removeEventListener("change", listener)
  }
}

/** The theme that is shown. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, current)
