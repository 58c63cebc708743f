/** Where the file is: a URL, or a file of this computer. */
export type PreviewedFile =
  | { readonly fileUrl: string; readonly file?: never }
  | { readonly fileUrl?: never; readonly file: File }
