import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import { withFlags } from "../optionName.ts"

/** A warning or a hint about a column. */
export const warningText = ({
  line = null,
  message,
}: Partial<LoadWarning> & { readonly message: string }): string =>
  line === null ? withFlags(message) : `line ${line}: ${withFlags(message)}`
