import { type RefObject, useEffect, useRef } from "react"

/**
 * Moves the focus to the heading of a new screen as soon as it appears, so that screen readers and the tab key continue there.
 * Leaves the focus where it is on the first screen, or if the screen or the user has put it elsewhere.
 *
 * @returns the ref of the element that has the screens
 */
export const useHeadingFocus = <E extends HTMLElement>(screen: string): RefObject<E | null> => {
  const box = useRef<E>(null)
  const shown = useRef(screen)
  useEffect(() => {
    const element = box.current
    if (element === null || shown.current === screen) return
    shown.current = screen
    const before = document.activeElement
    const focus = (): boolean => {
      const { activeElement } = document
      if (activeElement !== before || (activeElement !== element && element.contains(activeElement)))
        return true
      const heading = element.querySelector("h1")
      if (heading === null) return false
      heading.tabIndex = -1
      heading.focus({ preventScroll: true })
      return true
    }
    if (focus()) return
    const observer = new MutationObserver(() => {
      if (focus()) observer.disconnect()
    })
    observer.observe(element, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [screen])
  return box
}
