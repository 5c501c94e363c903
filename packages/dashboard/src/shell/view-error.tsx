import type { ErrorComponentProps } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { ErrorState } from '../ui/states.tsx'

/** A view that broke. A new version of the server has new files: then loading the page again is the cure. */
export function ViewError({ error }: ErrorComponentProps) {
  return (
    <Page title="This view broke" hint="If the server was just updated, loading the page again helps.">
      <ErrorState error={error instanceof Error ? error : new Error(String(error))} onRetry={() => location.reload()} />
    </Page>
  )
}
