import type { FastifyInstance } from 'fastify'

/** Takes multipart forms and nothing else. Their bytes stay where they are: a handler reads them (`read-form.ts`). */
export function addForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('multipart/form-data', (_request, _body, done) => done(null))
}
