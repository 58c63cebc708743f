import { type Columns, ColumnTable } from "../../components/ColumnTable.tsx"

/** The columns, as the last load has them. */
export const ColumnList = ({ columns }: { readonly columns: Columns }) =>
  columns.length === 0 ? (
    <div className="empty">
      <p>The record of the last load is gone, so the columns are known from the rows only.</p>
    </div>
  ) : (
    <ColumnTable label="Columns" columns={columns} />
  )
