import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonClass } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

export function NotFound() {
  return (
    <Page title="Nothing is here">
      <EmptyState
        icon={Compass}
        title="This address has no view"
        action={
          <Link to="/" className={buttonClass()}>
            To the overview
          </Link>
        }
      >
        The link may be from another version, or a piece of it is missing.
      </EmptyState>
    </Page>
  )
}
