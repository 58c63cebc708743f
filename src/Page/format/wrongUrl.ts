/** Why a text cannot be the URL of a file; `null` if it may be. */
export const wrongUrl = (text: string): string | null =>
  /^https?:$/.test(URL.parse(text)?.protocol ?? "")
    ? null
    : "Give the address of a CSV file that starts with http:// or https://."
