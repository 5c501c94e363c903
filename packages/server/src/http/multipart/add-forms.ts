import type { FastifyInstance, FastifyRequest } from 'fastify'

const FORM_TYPE = 'multipart/form-data'

/** Takes multipart forms and nothing else. Their bytes stay where they are: a handler reads them (`read-form.ts`). */
export function addForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  addFormsToo(scope)
}

/** Takes multipart forms beside what is taken already. */
export function addFormsToo(scope: FastifyInstance): void {
  scope.addContentTypeParser(FORM_TYPE, (_request, _body, done) => done(null))
}

/** Whether the body of a request is a form. */
export function isForm({ headers }: FastifyRequest): boolean {
  return /^multipart\/form-data\s*(?:;|$)/i.test(headers['content-type'] ?? '')
}
