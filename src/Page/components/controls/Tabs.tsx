import { type KeyboardEvent, type ReactNode, useId, useRef } from "react"
import { linkTo, type Place, replacePlace } from "../../navigation/place.ts"

export interface Tab {
  readonly id: string
  readonly label: string
  readonly content: () => ReactNode
}

/** Tabs (WAI-ARIA APG): arrow keys change the tab. The selected one is in the URL. */
export const Tabs = (props: {
  readonly label: string
  readonly tabs: ReadonlyArray<Tab>
  readonly place: Place
}) => {
  const { label, place, tabs } = props
  const selected = place.query.get("tab") ?? ""
  const prefix = useId()
  const list = useRef<HTMLDivElement>(null)
  const index = Math.max(
    0,
    tabs.findIndex(({ id }) => id === selected),
  )
  const current = tabs[index]
  const select = (tab: string) => {
    const query = new URLSearchParams(place.query)
    query.set("tab", tab)
    replacePlace(linkTo(place.path, query))
  }
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = (index + step + tabs.length) % tabs.length
    select(tabs[next]?.id ?? selected)
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus()
  }
  return (
    <div className="stack">
      <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${prefix}-${tab.id}`}
            aria-controls={`${prefix}-panel`}
            aria-selected={tab === current}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => select(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${prefix}-panel`} aria-labelledby={`${prefix}-${current?.id}`} tabIndex={0}>
        {current?.content()}
      </div>
    </div>
  )
}
