import { makeStore, useStore } from "../store/Store.ts"

const name = "sluice.theme"

export type Theme = "light" | "dark"

const preferred = matchMedia("(prefers-color-scheme: dark)")

const chosen = (): Theme | null => {
  const theme = localStorage.getItem(name)
  return theme === "light" || theme === "dark" ? theme : null
}

const shown = (): Theme => chosen() ?? (preferred.matches ? "dark" : "light")

const current = makeStore(shown())

const update = () => current.set(shown())

preferred.addEventListener("change", update)

/** Shows the chosen theme; without a choice, the style follows the system by itself. */
export const applyTheme = (): void => {
  const theme = chosen()
  if (theme !== null) document.documentElement.dataset["theme"] = theme
}

/** Changes to the other theme, for all visits with this browser. */
export const switchTheme = (): void => {
  localStorage.setItem(name, current.get() === "dark" ? "light" : "dark")
  applyTheme()
  update()
}

/** The theme that is shown. */
export const useTheme = (): Theme => useStore(current)
