import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"

export const warningText = ({ line, message }: LoadWarning): string =>
  line === null ? message : `line ${line}: ${message}`
