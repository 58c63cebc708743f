/**
 * What a type such as `character varying(10)` or `numeric(6,2)` takes of the values without a limit. Postgres shortens them as well
 * when it stores them, in whatever form they arrive.
 *
 * - `Characters`: texts of this many characters, and longer ones that have only blanks after them.
 * - `Decimal`: numbers that have, rounded to `scale` places, at most `precision` digits up to the last place. No infinity.
 */
export type ValueLimit =
  | { readonly _tag: "Characters"; readonly most: number }
  | { readonly _tag: "Decimal"; readonly precision: number; readonly scale: number }
