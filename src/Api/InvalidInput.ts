import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"
import { HttpApiMiddleware } from "effect/http-api"
import { InternalError, InvalidRequest, type RequestIssue } from "./Problems.ts"
import { nearest } from "./Spelling.ts"

/** Turns what a request's schema refuses into the problem `invalid_request`. */
export class InvalidInput extends HttpApiMiddleware.Service<InvalidInput>()("sluice/Api/InvalidInput", {
  error: [InvalidRequest, InternalError],
}) {}

type Part = RequestIssue["in"]

const longestName = 60
const mostIssues = 20

/** A name a client sent, fit to be sent back. */
const shortened = (name: string): string =>
  name.length > longestName ? `${name.slice(0, longestName)}…` : name

/** Says that this option is not known, and which was perhaps meant. */
export const unknownOption = (name: string, hint: string): string =>
  `unknown option ${JSON.stringify(shortened(name))}${hint}`

const fieldsOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Objects" ? ast.propertySignatures.map((property) => String(property.name)) : []

const unexpected = (name: string, ast: SchemaAST.AST, part: Part): string => {
  const known = fieldsOf(ast)
  const meant = nearest(name, known)
  if (meant !== undefined) return unknownOption(name, `; did you mean ${meant}?`)
  // A form ends a field at "&", so a URL with a query that was not encoded falls into pieces.
  const hint =
    part === "body" && known.includes("fileUrl")
      ? " (a part of the file's URL? In a form, percent-encode the URL: curl --data-urlencode)"
      : ""
  return unknownOption(name, `: known is only ${known.join(", ")}${hint}`)
}

/** No field of it could be looked at. */
const unreadable = (leaf: SchemaIssue.Issue, part: Part): string => {
  if (part !== "body") return `the ${part} is malformed`
  return leaf._tag === "InvalidValue"
    ? "the body is not valid JSON, as which its Content-Type (or the lack of one) declares it"
    : "the body is empty or not an object: send a form or a JSON object"
}

const messageOf = (leaf: SchemaIssue.Issue, part: Part, field: string | null): string => {
  if (field === null) return unreadable(leaf, part)
  if ("annotations" in leaf && typeof leaf.annotations?.["message"] === "string")
    return leaf.annotations["message"]
  if (leaf._tag === "UnexpectedKey") return unexpected(field, leaf.ast, part)
  if (leaf._tag === "MissingKey") return `${field} is missing: give it in the ${part}`
  if (leaf._tag === "InvalidType") return `${field} must be given once, as a string`
  return `${field} is not valid`
}

const collect = (issue: SchemaIssue.Issue, part: Part, field: string | null): ReadonlyArray<RequestIssue> => {
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, part, field ?? String(issue.path[0]))
    case "Composite":
      return issue.issues.flatMap((inner) => collect(inner, part, field))
    case "AnyOf":
      return issue.issues.length === 0
        ? [{ in: part, field, message: messageOf(issue, part, field) }]
        : issue.issues.flatMap((inner) => collect(inner, part, field))
    case "Filter": {
      const stated = issue.filter.annotations?.["message"]
      if (typeof stated === "string") return [{ in: part, field, message: stated }]
      return collect(issue.issue, part, field)
    }
    case "Encoding":
      return collect(issue.issue, part, field)
    default:
      return [{ in: part, field, message: messageOf(issue, part, field) }]
  }
}

/** The problem for these issues; its detail states them all. */
export const invalidRequest = (issues: ReadonlyArray<RequestIssue>): InvalidRequest => {
  const shown = issues.slice(0, mostIssues).map(({ in: part, field, message }) => ({
    in: part,
    field: field === null ? null : shortened(field),
    message,
  }))
  const more = issues.length - shown.length
  const messages = shown.map((issue) => issue.message).concat(more > 0 ? [`and ${more} more`] : [])
  const detail = messages.join("; ").replaceAll("?; ", "? ")
  return new InvalidRequest({ detail, issues: shown })
}

const explain = (error: Schema.SchemaError, part: Part): InvalidRequest =>
  invalidRequest(collect(error.issue, part, null))

/** An answer of ours that does not fit its own schema stays what it is, a defect. */
export const layerInvalidInput = HttpApiMiddleware.layerSchemaErrorTransform(InvalidInput, (error) => {
  switch (error.kind) {
    case "Params":
      return Effect.fail(explain(error.cause, "path"))
    case "Query":
      return Effect.fail(explain(error.cause, "query"))
    case "Payload":
      return Effect.fail(explain(error.cause, "body"))
    default:
      return Effect.fail(error)
  }
})
