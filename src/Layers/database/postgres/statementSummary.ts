/** What a SQL statement does, and to what. */
export interface StatementSummary {
  /** `INSERT`, `CREATE TABLE` */
  readonly operation: string
  /** The table, with its schema if it is given, or the function. */
  readonly target: string | undefined
}

const name = String.raw`((?:"[^"]*"|[\w$]+)(?:\.(?:"[^"]*"|[\w$]+))?)`
const verb =
  /\b(select|insert|update|delete|copy|begin|commit|rollback|savepoint|release|set|listen|lock|truncate|(?:create|alter|drop|comment on)(?: \w+)?)\b/i
const targetOf: Readonly<Record<string, RegExp>> = {
  SELECT: new RegExp(String.raw`\bfrom\s+(?:only\s+)?${name}`, "i"),
  INSERT: new RegExp(String.raw`\binto\s+${name}`, "i"),
  UPDATE: new RegExp(String.raw`\bupdate\s+(?:only\s+)?${name}`, "i"),
  DELETE: new RegExp(String.raw`\bfrom\s+(?:only\s+)?${name}`, "i"),
  COPY: new RegExp(String.raw`\bcopy\s+${name}`, "i"),
  TABLE: new RegExp(String.raw`\btable\s+(?:if\s+(?:not\s+)?exists\s+)?${name}`, "i"),
}
const calledFunction = new RegExp(String.raw`^\s*select\s+${name}\s*\(`, "i")
const changeInWith = new RegExp(
  String.raw`^\s*with\b.*?\b(insert|update|delete)\s+(?:into\s+|from\s+)?([\w$"]+\.[\w$"]+)`,
  "is",
)
const savepoint = /^\s*savepoint (?:\w+|"[^"]*");/i

/** The statement without strings, comments and everything in parentheses, such as the bodies of `with`. */
const outline = (text: string): string => {
  let outside = text.replaceAll(/'(?:[^']|'')*'|--[^\n]*|\/\*[^]*?\*\//g, " ")
  for (let before = ""; before !== outside;) {
    before = outside
    outside = outside.replaceAll(/\([^()]*\)/g, " ")
  }
  return outside
}

/** Summarizes the first of the statements in a text; a leading SAVEPOINT does not count. */
export const statementSummary = (text: string): StatementSummary => {
  const statement = text.replace(savepoint, "")
  const [first = ""] = outline(statement).split(";")
  const operation = (verb.exec(first)?.[1] ?? "").toUpperCase()
  const target = targetOf[operation.endsWith("TABLE") ? "TABLE" : operation]?.exec(first)?.[1]
  // A SELECT from what a change in its WITH returns.
  const change =
    operation === "SELECT" && target?.includes(".") !== true ? changeInWith.exec(statement) : null
  if (change !== null) return { operation: change[1]!.toUpperCase(), target: change[2] }
  return { operation, target: target ?? calledFunction.exec(statement)?.[1] }
}
