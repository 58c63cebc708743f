/**
 * Rules of this project for oxlint. `sluice/no-sql-names` forbids to make identifiers with the SQL client: `sql(name)` splits
 * a name at its dots, so a table named `a.b` would be the table `b` of the schema `a`.
 */
import type { RuleTester } from "oxlint/plugins-dev"

const message =
  "sql(name) splits a name at its dots. Write sql.literal(quoteIdentifier(name)), from Domain/load/columns/SqlIdentifier.ts."

/** The fields that lead from an expression or a type to the name that it begins with. */
const leading = new Set(["argument", "object", "typeAnnotation", "typeName", "left"])

/** Whether a value, or the type of one, is an SQL client: `yield* SqlClient.SqlClient`, `PgClient`. */
const isClient = (node: unknown): boolean => {
  if (typeof node !== "object" || node === null) return false
  if ("name" in node && (node.name === "SqlClient" || node.name === "PgClient")) return true
  return Object.entries(node).some(([field, inner]) => leading.has(field) && isClient(inner))
}

const noSqlNames: Parameters<RuleTester["run"]>[1] = {
  create: ({ report }) => {
    const clients = new Set(["sql"])
    return {
      VariableDeclarator: ({ id, init }) => {
        if (id.type === "Identifier" && isClient(init)) clients.add(id.name)
      },
      // Parameters and variables with a type.
      Identifier: (node) => {
        if ("typeAnnotation" in node && isClient(node.typeAnnotation)) clients.add(node.name)
      },
      CallExpression: (node) => {
        const { callee } = node
        const called = callee.type === "MemberExpression" ? callee.property : callee
        if (called.type === "Identifier" && clients.has(called.name)) report({ node, message })
      },
    }
  },
}

export default { meta: { name: "sluice" }, rules: { "no-sql-names": noSqlNames } }
