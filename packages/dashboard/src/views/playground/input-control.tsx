import { type ControlProps, Input, Select, TextArea } from '../../ui/field.tsx'
import type { InputField } from './fields.ts'

/** The control of one field of an input. */
export function InputControl({
  field,
  value,
  control,
  onChange,
}: {
  readonly field: InputField
  readonly value: string | File | undefined
  readonly control: ControlProps
  readonly onChange: (value: string | File | undefined) => void
}) {
  const text = typeof value === 'string' ? value : ''
  switch (field.kind) {
    case 'file':
      return (
        <Input
          {...control}
          type="file"
          className="h-auto! py-1.5 text-[13px] file:mr-3 file:rounded file:bg-raised file:px-2 file:py-1"
          onChange={(event) => onChange(event.target.files?.[0])}
        />
      )
    case 'choice':
    case 'yes-no': {
      const options = field.kind === 'yes-no' ? ['yes', 'no'] : field.options
      return (
        <Select {...control} value={text} onChange={(event) => onChange(event.target.value)}>
          <option value="">left out</option>
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </Select>
      )
    }
    case 'long-text':
    case 'lines':
    case 'json':
      return (
        <TextArea
          {...control}
          rows={field.name === 'content' ? 6 : 3}
          value={text}
          placeholder={field.kind === 'lines' ? 'one in each line' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )
    default:
      return (
        <Input
          {...control}
          inputMode={field.kind === 'number' ? 'numeric' : undefined}
          autoComplete="off"
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )
  }
}
