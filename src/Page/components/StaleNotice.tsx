import type { Problem } from "../client/Problem.ts"
import { Notice } from "./Notice.tsx"

/** What is shown is not current, because the latest request failed. Another one follows. */
export const StaleNotice = ({ problem }: { readonly problem: Problem }) => (
  <Notice tone="warn" title={problem.title}>
    <p>{problem.detail} What you see may be old. Trying again…</p>
  </Notice>
)
