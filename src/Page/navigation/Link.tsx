import type { AnchorHTMLAttributes, MouseEvent } from "react"
import { goTo } from "./place.ts"

/** A link within the page. With a modifier key it opens a tab, as any link does. */
export const Link = ({
  href,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }) => {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    goTo(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}
