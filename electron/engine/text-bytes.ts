/** Text in files and pipes as Windows makes them: `>` of Windows PowerShell writes UTF-16 with a byte order mark (about_Character_Encoding), and so does Notepad when asked for "Unicode". */

const UTF16_LE = "fffe";
const UTF16_BE = "feff";

/** Whether these are the first bytes of UTF-16 that says so. */
export function isUtf16(start: Uint8Array): boolean {
  return [UTF16_LE, UTF16_BE].includes(markOf(start));
}

/** UTF-16 that says so, without its mark; else UTF-8, as it is. What is broken is replaced. */
export function textOf(bytes: Uint8Array): string {
  if (!isUtf16(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return new TextDecoder(markOf(bytes) === UTF16_LE ? "utf-16le" : "utf-16be").decode(bytes);
}

function markOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 2)).toString("hex");
}
