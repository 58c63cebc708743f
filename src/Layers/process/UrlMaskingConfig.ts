import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { parsePathPattern } from "../../Domain/source/masking/PathPattern.ts"
import { UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { AppConfig } from "./AppConfig.ts"

/** The masking that `SHOWN_PARAMETERS` and `MASK_PATHS` configure. */
export const layer = Layer.effect(
  UrlMasking,
  Effect.map(AppConfig, ({ maskPaths, shownParameters }) => ({
    shownParameters: new Set(shownParameters),
    maskedPaths: maskPaths.map(parsePathPattern).filter((pattern) => pattern !== null),
  })),
)
