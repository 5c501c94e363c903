/** What reading one document may cost. Beyond, the job fails with `document.too_large`, and nobody else notices. */

/** Pages of a PDF or TIFF. The longest résumés have twenty, and a model would not hold 500 pages in its context. */
export const PAGES_MAX = 500

/** Time for one document in milliseconds: 500 full pages take under a second, 20 large scanned ones about ten. */
export const READ_MS_MAX = 60_000

/** Memory in the heap that its thread may hold, in bytes. The largest documents within the other limits need about 300 MiB. */
export const HEAP_BYTES_MAX = 512 * 1024 * 1024

/** Memory outside the heap that its thread may hold, in bytes: a file of 100 MB and what is unpacked from it. */
export const MEMORY_BYTES_MAX = 640 * 1024 * 1024

/** Bytes of XML that are unpacked from a DOCX. 500 pages are about 10 MB. */
export const XML_BYTES_MAX = 32 * 1024 * 1024

/** Files in a DOCX. */
export const ZIP_ENTRIES_MAX = 10_000

/** Bytes that are sent to a model as pictures. Anthropic takes requests of 32 MB, and base64 adds a third. */
export const PICTURE_BYTES_MAX = 20 * 1024 * 1024

/** Pages that are sent as pictures one by one, and pixels of one: A4 at 600 dpi has 35 million. */
export const PICTURES_MAX = 20
export const PIXELS_MAX = 50_000_000
