import type { ReadDocument } from '../documents/task-documents.ts'

/** Digits that two spellings of one phone number have in common: country codes and trunk zeros come and go. */
const PHONE_DIGITS_COMPARED = 7

/**
 * Takes back an e-mail address or phone number that does not stand in the document: a model that guesses at one sends
 * somebody's application to a stranger. Documents that are partly pictures cannot be checked.
 */
export function onlyWhatStandsThere<Contact extends { candidate_email: string; candidate_phone: string }>(
  contact: Contact,
  document: ReadDocument,
): Contact {
  if (document.pictures) return contact
  const text = document.pages.join('\n')
  return {
    ...contact,
    candidate_email: hasEmail(text, contact.candidate_email) ? contact.candidate_email : '',
    candidate_phone: hasPhone(text, contact.candidate_phone) ? contact.candidate_phone : '',
  }
}

/** White space counts for nothing: the text of a PDF may have a line break in the middle of an address. */
function hasEmail(text: string, email: string): boolean {
  return withoutSpace(text).includes(withoutSpace(email))
}

function withoutSpace(text: string): string {
  return text.replace(/\s/g, '').toLowerCase()
}

function hasPhone(text: string, phone: string): boolean {
  const digits = phone.replace(/\D/g, '')
  return text.replace(/\D/g, '').includes(digits.slice(-Math.max(PHONE_DIGITS_COMPARED, digits.length - 3)))
}
