import { z } from 'zod'
import { pagesForModel } from '../documents/document-message.ts'
import { documentRef } from '../documents/document-ref.ts'
import { PICTURE_KINDS } from '../documents/kinds.ts'
import { FOUND_RULES } from '../documents/result-fields.ts'
import { modelMessage } from '../model-message.ts'
import { defineDocumentTask } from '../task.ts'
import { invoiceEntry } from './invoice-result.ts'

const INSTRUCTIONS = [
  'You read invoices and papers like them: receipts, credit notes, delivery orders. The input is a JSON object; "document"',
  'is the text of a file, as pages with their numbers where it has several, or the files are.',
  'A file may hold several: answer with "invoices", one entry for each, in order; "source_pages" are the numbers of its',
  'pages, from 1. A file that holds none has no entries.',
  'Amounts are numbers without currency signs and thousands separators; percentages are numbers (6 for 6 %). "currency"',
  'is the ISO 4217 code. Do not compute amounts that are not printed.',
  '"document.type" is a short word such as "invoice", "credit_note", "debit_note", "receipt" or "delivery_order";',
  '"original_type_label" is what the paper calls itself.',
  FOUND_RULES,
].join('\n')

/** Reads the invoices in a file. The result is a list, because one scan often holds several. */
export const parseInvoice = defineDocumentTask({
  type: 'invoice_parse',
  path: '/finance/parse_invoice',
  summary: 'Reads the invoices in a file into fields.',
  kind: 'model',
  files: [{ field: 'file', accepts: ['pdf', ...PICTURE_KINDS], required: true }],
  input: z.object({ file: documentRef }),
  result: z.array(invoiceEntry),

  async run({ file }, { model, documents, signal }) {
    const document = await documents.read(file)
    const { invoices } = await model.generate({
      // Structured output is an object at the top.
      schema: z.object({ invoices: z.array(invoiceEntry) }),
      schemaName: 'invoices',
      instructions: INSTRUCTIONS,
      content: modelMessage({ document: pagesForModel(document) }),
      pictures: document.pictures,
      signal,
    })
    return invoices
  },
})
