import { z } from 'zod'
import { pagesForModel } from '../documents/document-message.ts'
import { documentRef } from '../documents/document-ref.ts'
import { PICTURE_KINDS, TEXT_KINDS } from '../documents/kinds.ts'
import { FOUND_RULES, foundDate, foundText, foundTexts } from '../documents/result-fields.ts'
import { LANGUAGE_DEFAULT, optionalLanguageField } from '../fields.ts'
import { modelMessage } from '../model-message.ts'
import { defineDocumentTask } from '../task.ts'
import { onlyWhatStandsThere } from './contact-check.ts'

const INSTRUCTIONS = [
  'You read résumés. The input is a JSON object; "resume" is the text of one, or the files are.',
  'Answer in the language that "language" names, but leave names, e-mail addresses, phone numbers and technical terms as',
  'they are. "candidate_language" is the English name of the language the résumé is written in.',
  '"positions" and "education_qualifications" are in the order of the résumé; an "end_date" of null means "until today".',
  FOUND_RULES,
].join('\n')

const position = z.object({
  position_name: foundText,
  company_name: foundText,
  country: foundText,
  start_date: foundDate,
  end_date: foundDate,
  job_details: foundText,
  skills: foundTexts,
})

const education = z.object({
  school_name: foundText,
  school_type: foundText,
  degree_type: foundText,
  faculty_department: foundText,
  specialization_subjects: foundText,
  education_details: foundText,
  learning_mode: foundText,
  country: foundText,
  start_date: foundDate,
  end_date: foundDate,
})

const resume = z.object({
  candidate_name: foundText,
  candidate_email: foundText,
  candidate_phone: foundText,
  candidate_address: foundText,
  candidate_language: foundText,
  candidate_spoken_languages: foundTexts,
  candidate_honors_and_awards: foundTexts,
  candidate_courses_and_certifications: foundTexts,
  positions: z.array(position),
  education_qualifications: z.array(education),
})

/** Reads a résumé into fields. E-mail address and phone number are only told when they stand in its text. */
export const parseResume = defineDocumentTask({
  type: 'hr_parse_resume',
  path: '/hr/parse_resume',
  summary: 'Reads a résumé into fields.',
  kind: 'model',
  files: [{ field: 'file', accepts: [...TEXT_KINDS, ...PICTURE_KINDS], required: true }],
  input: z.object({
    file: documentRef,
    language: optionalLanguageField,
  }),
  result: resume,

  async run({ file, language }, { model, documents, signal }) {
    const document = await documents.read(file)
    const found = await model.generate({
      schema: resume,
      schemaName: 'resume',
      instructions: INSTRUCTIONS,
      content: modelMessage({ language: language || LANGUAGE_DEFAULT, resume: pagesForModel(document) }),
      pictures: document.pictures,
      signal,
    })
    return onlyWhatStandsThere(found, document)
  },
})
