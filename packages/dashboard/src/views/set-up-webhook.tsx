import { Link } from '@tanstack/react-router'
import { buttonClass } from '../ui/button.tsx'

/** Leads to where the webhook is set up that every account has. */
export function SetUpWebhook() {
  return (
    <Link to="/webhooks/$webhookId" params={{ webhookId: 'default' }} className={buttonClass({ look: 'primary' })}>
      Set up the default webhook
    </Link>
  )
}
