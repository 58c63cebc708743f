import type { ReactNode } from "react"

export type Fact = readonly [name: string, value: ReactNode]

/** Names and values. A fact without a value is left out. */
export const FactList = ({ facts }: { readonly facts: ReadonlyArray<Fact> }) => (
  <dl className="facts">
    {facts
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
  </dl>
)
