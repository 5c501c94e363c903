import { Plus, X } from 'lucide-react'
import { Button } from './button.tsx'

/** Removes a row of a form; the label says which. */
export function RemoveRow({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return <Button look="quiet" size="icon" aria-label={label} icon={<X className="size-4" />} onClick={onClick} />
}

/** Adds a row to a form; its text begins where the fields begin. */
export function AddRow({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <div>
      <Button look="quiet" size="sm" className="-ml-2" icon={<Plus className="size-3.5" />} onClick={onClick}>
        {label}
      </Button>
    </div>
  )
}
