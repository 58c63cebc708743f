import type { CopyBuffer } from "../record/CopyBuffer.ts"
import type { ScanState } from "../record/ScanState.ts"
import type { BatchBuilder } from "./BatchBuilder.ts"
import type { ScanWindow } from "./ScanWindow.ts"

/** What the parts of the scanner work on. */
export interface ScanContext {
  readonly window: ScanWindow
  readonly state: ScanState
  readonly buffer: CopyBuffer
  readonly batch: BatchBuilder
}
