import { z } from 'zod'
import {
  OUTPUT_DEPTH_MAX,
  OUTPUT_ENUM_VALUE_LENGTH_MAX,
  OUTPUT_ENUM_VALUES_MAX,
  WORKFLOW_DESCRIPTION_LENGTH_MAX,
} from '../limits.ts'
import { isDeeper } from './common.ts'
import { fieldNameSchema } from './workflow-parameters.ts'

/** Types that one word says. */
export const OUTPUT_SCALARS = ['string', 'number', 'integer', 'boolean'] as const
export type OutputScalar = (typeof OUTPUT_SCALARS)[number]

/** The short form of a field's type. */
export const OUTPUT_WORDS = [
  ...OUTPUT_SCALARS,
  'array of string',
  'array of number',
  'array of integer',
  'array of boolean',
] as const
export type OutputWord = (typeof OUTPUT_WORDS)[number]

interface OutputNotes {
  readonly description?: string | undefined
  /** The field may be null; it is never left out. */
  readonly nullable?: boolean | undefined
}

/** The type of a field of a result: a word, or the long form that can say more. */
export type OutputType =
  | OutputWord
  | ({ readonly type: OutputScalar } & OutputNotes)
  | ({ readonly type: 'enum'; readonly values: readonly string[] } & OutputNotes)
  | ({ readonly type: 'array'; readonly items: OutputType } & OutputNotes)
  | ({ readonly type: 'object'; readonly fields: OutputFields } & OutputNotes)

/** What a result is made of: its fields and their types. */
export type OutputFields = { readonly [name: string]: OutputType }

const notes = {
  description: z.string().max(WORKFLOW_DESCRIPTION_LENGTH_MAX).optional(),
  nullable: z.boolean().optional(),
}

const longFormSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.enum(OUTPUT_SCALARS), ...notes }),
    z.strictObject({
      type: z.literal('enum'),
      values: z
        .array(z.string().min(1).max(OUTPUT_ENUM_VALUE_LENGTH_MAX))
        .min(1)
        .max(OUTPUT_ENUM_VALUES_MAX)
        .refine((values) => new Set(values).size === values.length, 'has a value twice'),
      ...notes,
    }),
    z.strictObject({
      type: z.literal('array'),
      get items(): z.ZodType<OutputType> {
        return outputTypeSchema
      },
      ...notes,
    }),
    z.strictObject({
      type: z.literal('object'),
      get fields(): z.ZodType<OutputFields> {
        return outputFieldsSchema
      },
      ...notes,
    }),
  ],
  { error: () => `must be ${OUTPUT_SCALARS.join(', ')}, enum, array or object` },
)

const outputTypeSchema: z.ZodType<OutputType> = z.union([z.enum(OUTPUT_WORDS), longFormSchema])

const outputFieldsSchema: z.ZodType<OutputFields> = z
  .record(fieldNameSchema, outputTypeSchema)
  .refine((fields) => Object.keys(fields).length > 0, 'must have a field')

/** Levels of JSON that the deepest output schema has: a field in its long form is two. */
const JSON_LEVELS_MAX = 2 * OUTPUT_DEPTH_MAX

/** An output schema in requests. Its depth is looked at first: the rest goes as deep as what was sent. */
export const outputSchemaSchema = z
  .unknown()
  .refine((value) => !isDeeper(value, JSON_LEVELS_MAX), `has more than ${OUTPUT_DEPTH_MAX} levels`)
  .pipe(outputFieldsSchema)
