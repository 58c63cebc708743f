import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"
import { Targets } from "../../../Domain/load/columns/target/Targets.ts"
import { InvalidRequest, type RequestIssue } from "../../contract/problems/Problems.ts"
import { uploadCommand } from "../../../Domain/source/urlAdvice.ts"
import { mostSimilar } from "../../../Domain/load/options/mostSimilar.ts"

type Part = RequestIssue["in"]

const maxNameLength = 60
const maxIssues = 10

/** A name that the client sent, short enough for a response. */
const shortened = (name: string): string =>
  name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name

/** For a client that sends a file itself. */
export const noUploads = `Give the URL of the file in fileUrl, or send the file to /upload: ${uploadCommand}`

const unknownOption = (name: string, hint: string): string =>
  `unknown option ${JSON.stringify(shortened(name))}${hint}`

/** What `unexpected` says of the known options. */
const knownList = /: known are [^(]*(?= \(|$)/

const fieldsOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Objects" ? ast.propertySignatures.map((property) => String(property.name)) : []

const unexpected = (name: string, ast: SchemaAST.AST, part: Part): string => {
  const known = fieldsOf(ast)
  const similar = mostSimilar(name, known)
  if (similar !== undefined) return unknownOption(name, `; did you mean ${similar}?`)
  // "&" ends a field of a form, so the query of a URL that was not encoded becomes further fields.
  const hint =
    part === "body" && known.includes("fileUrl")
      ? " (a part of the file's URL? In a form, percent-encode the URL: curl --data-urlencode)"
      : ""
  return unknownOption(name, `: known ${known.length === 1 ? "is only" : "are"} ${known.join(", ")}${hint}`)
}

/** The part has no fields. */
const unreadable = (part: Part): string =>
  part === "body"
    ? "the body is empty or not an object: send a form or a JSON object"
    : `the ${part} is malformed`

/** What a field takes: its annotation `mustBe`, or else its type. */
const expected = (ast: SchemaAST.AST): string => {
  const stated = SchemaAST.resolveAt<string>("mustBe")(ast)
  if (stated !== undefined) return stated
  if (ast._tag === "Literal") return String(ast.literal)
  if (ast._tag === "Union") return `given once, as ${ast.types.map(expected).join(" or ")}`
  return `given once, as a ${ast._tag.toLowerCase()}`
}

/** The messages of filters and getters, without duplicates. */
const statedIn = (issue: SchemaIssue.Issue): ReadonlyArray<string> => {
  switch (issue._tag) {
    case "Pointer":
    case "Encoding":
      return statedIn(issue.issue)
    case "Composite":
    case "AnyOf":
      return [...new Set(issue.issues.flatMap(statedIn))]
    case "Filter": {
      const stated = issue.filter.annotations?.["message"]
      return typeof stated === "string" ? [stated] : statedIn(issue.issue)
    }
    default: {
      const stated = "annotations" in issue ? issue.annotations?.["message"] : undefined
      return typeof stated === "string" ? [stated] : []
    }
  }
}

interface NestedIssue {
  readonly path: ReadonlyArray<PropertyKey>
  readonly issue: SchemaIssue.Issue
}

/** The innermost issues, with their places inside the field. */
const innermost = (
  issue: SchemaIssue.Issue,
  path: ReadonlyArray<PropertyKey>,
): ReadonlyArray<NestedIssue> => {
  switch (issue._tag) {
    case "Pointer":
      return innermost(issue.issue, [...path, ...issue.path])
    case "Composite":
      return issue.issues.flatMap((inner) => innermost(inner, path))
    case "Encoding":
      return innermost(issue.issue, path)
    default:
      return [{ path, issue }]
  }
}

/** What is wrong with one entry of a field that is an object. */
const ofEntry = ({ issue, path: [entry, property] }: NestedIssue, field: string): ReadonlyArray<string> => {
  const where = `${field} ${JSON.stringify(shortened(String(entry)))}`
  const what = property === undefined ? "" : `${String(property)} `
  if (issue._tag === "UnexpectedKey")
    return [
      property === undefined
        ? `${field}: ${unexpected(String(entry), issue.ast, "body")}`
        : `${where}: ${unexpected(String(property), issue.ast, "body")}`,
    ]
  const stated = statedIn(issue)
  if (stated.length > 0)
    return stated.map(
      (message) => `${where}: ${property === undefined ? "" : `${String(property)}: `}${message}`,
    )
  return [
    "ast" in issue && issue.ast !== undefined
      ? `${where}: ${what}must be ${expected(issue.ast)}`
      : `${where} is not valid`,
  ]
}

/** @param ast schema of the field */
const ofField = (
  issue: SchemaIssue.Issue,
  part: Part,
  field: string,
  ast: SchemaAST.AST | undefined,
): ReadonlyArray<RequestIssue> => {
  const say = (message: string): RequestIssue => ({ in: part, field, message })
  if (issue._tag === "UnexpectedKey") return [say(unexpected(field, issue.ast, part))]
  if (issue._tag === "MissingKey") return [say(`${field} is missing: give it in the ${part}`)]
  const entries = innermost(issue, []).filter(({ path }) => typeof path[0] === "string")
  if (entries.length > 0) return entries.flatMap((entry) => ofEntry(entry, field)).map(say)
  const stated = statedIn(issue)
  if (stated.length > 0)
    return stated.map((message) => say(message.startsWith(field) ? message : `${field}: ${message}`))
  return [say(ast === undefined ? `${field} is not valid` : `${field} must be ${expected(ast)}`)]
}

const propertyOf = (ast: SchemaAST.AST, name: string): SchemaAST.AST | undefined =>
  ast._tag === "Objects" ? ast.propertySignatures.find((property) => property.name === name)?.type : undefined

/** @param ast schema of the whole part */
const collect = (
  issue: SchemaIssue.Issue,
  part: Part,
  ast: SchemaAST.AST | undefined,
): ReadonlyArray<RequestIssue> => {
  switch (issue._tag) {
    case "Pointer": {
      const field = String(issue.path[0])
      return ofField(issue.issue, part, field, ast && propertyOf(ast, field))
    }
    case "Composite":
      return issue.issues.flatMap((inner) => collect(inner, part, issue.ast))
    case "AnyOf":
      return issue.issues.length === 0
        ? [{ in: part, field: null, message: unreadable(part) }]
        : issue.issues.flatMap((inner) => collect(inner, part, issue.ast))
    case "Filter":
    case "Encoding":
      return collect(issue.issue, part, ast)
    default:
      return [{ in: part, field: null, message: unreadable(part) }]
  }
}

/** The problem for these issues; `detail` has their messages. */
export const invalidRequest = (issues: ReadonlyArray<RequestIssue>): InvalidRequest => {
  const shown = issues.slice(0, maxIssues).map(({ in: part, field, message }) => ({
    in: part,
    field: field === null ? null : shortened(field),
    message,
  }))
  const more = issues.length - shown.length
  const messages = shown.map((issue) => issue.message).concat(more > 0 ? [`and ${more} more`] : [])
  const detail = messages.join("; ").replaceAll("?; ", "? ")
  return new InvalidRequest({ detail, issues: shown })
}

/**
 * What a form without a fileUrl is instead, known from what stands where its names should be: a URL, or the content of a
 * file (`curl --data-binary @file.csv`). No option has a name with a delimiter, a control character or an invalid byte.
 */
const misplacedBody = (issues: ReadonlyArray<RequestIssue>): string | undefined => {
  const names = issues.flatMap(({ field }) => field ?? [])
  if (!issues.some(({ message }) => message.startsWith("fileUrl is missing"))) return undefined
  if (names.some((name) => /^\s*https?:\/\//i.test(name)))
    return "the body is a URL without a name: send fileUrl=<URL>"
  return names.some((name) => /[\p{Cc}\uFFFD,;|]/u.test(name))
    ? `the body looks like the content of a file. ${noUploads}`
    : undefined
}

/** Without the list of known options where it stands again: it is long. */
const listedOnce = (issues: ReadonlyArray<RequestIssue>): ReadonlyArray<RequestIssue> => {
  const first = issues.findIndex(({ message }) => knownList.test(message))
  return issues.map((issue, index) =>
    index > first ? { ...issue, message: issue.message.replace(knownList, "") } : issue,
  )
}

/** With the databases that requests may name, where a name is malformed: no schema knows them. */
const withTargets = (
  issues: ReadonlyArray<RequestIssue>,
  targets: ReadonlyArray<string>,
): ReadonlyArray<RequestIssue> =>
  issues.map((issue) =>
    targets.length > 0 && issue.field === "target" && issue.message.startsWith("target must be ")
      ? { ...issue, message: `${issue.message}. The operator has declared ${targets.join(", ")}` }
      : issue,
  )

/**
 * The problem for a part of the request that its schema refuses.
 *
 * @param targets the names of databases that requests may give; empty if they are not known
 */
export const explain = (
  error: Schema.SchemaError,
  part: Part,
  targets: ReadonlyArray<string>,
): InvalidRequest => {
  const issues = listedOnce(collect(error.issue, part, undefined))
  const misplaced = part === "body" ? misplacedBody(issues) : undefined
  return invalidRequest(
    misplaced === undefined ? withTargets(issues, targets) : [{ in: part, field: null, message: misplaced }],
  )
}

/** Fails with this problem. */
export const refuse = (part: Part) => (error: Schema.SchemaError) =>
  Effect.flatMap(Targets, ({ names }) => Effect.fail(explain(error, part, names)))

/** The problem for a body that should be JSON and is not. */
export const invalidBody = (problem: string): InvalidRequest =>
  invalidRequest([
    {
      in: "body",
      field: null,
      message: `the body is ${problem}. Correct it, or send a form with its Content-Type`,
    },
  ])

/** The problem for a query that the endpoint does not have. */
export const unexpectedQuery = (name: string): InvalidRequest =>
  invalidRequest([
    { in: "query", field: name, message: unknownOption(name, " in the query: send the fields in the body") },
  ])
