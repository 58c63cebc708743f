import * as Schema from "effect/Schema"
import { Column } from "../../Domain/load/Column.ts"
import { ColumnType } from "../../Domain/load/ColumnType.ts"
import { Findings } from "../../Domain/load/Findings.ts"
import { Job } from "../../Domain/job/Job.ts"
import { RejectResource } from "./JobRejects.ts"

const ColumnPreview = Schema.Struct({
  name: Column.fields.name.annotate({ description: "The column's name in Postgres." }),
  header: Column.fields.header.annotate({ description: "The header cell as it stands in the file." }),
  suggestedType: ColumnType.annotate({
    description: "The type that types=infer would give it, if the rest of the file is like its beginning.",
  }),
}).annotate({ identifier: "ColumnPreview" })

/** What `POST /preview` answers with. */
export const PreviewResource = Schema.Struct({
  dialect: Findings.fields.dialect.annotate({
    description: "How the file is written, as a load would read it.",
  }),
  encoding: Findings.fields.encoding.annotate({
    description: "The file's encoding, by its name in the WHATWG Encoding Standard.",
  }),
  compression: Job.fields.compression.annotate({
    description: "How the file is compressed, the outermost first; null when it is not.",
  }),
  columns: Schema.Array(ColumnPreview).annotate({ description: "The columns of the table, in order." }),
  records: Schema.Array(Schema.Array(Schema.NullOr(Schema.String))).annotate({
    description: "Of the file's first 20 records those that would be rows; null is NULL.",
  }),
  rejects: Schema.Array(RejectResource).annotate({
    description: "Of the file's first 20 records those that would be set aside.",
  }),
  warnings: Schema.Array(Schema.String).annotate({
    description: "What to look at before the file is loaded, for people.",
  }),
}).annotate({ identifier: "Preview", description: "The beginning of a file, as a load would read it." })
