import type { LinkProps } from '@tanstack/react-router'
import {
  CircleAlert,
  FlaskConical,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  MonitorSmartphone,
  Send,
  Settings,
  Sparkles,
  Webhook,
  Workflow,
} from 'lucide-react'

export interface NavItem {
  readonly to: NonNullable<LinkProps['to']>
  readonly label: string
  readonly icon: LucideIcon
  /** Pressed after `g`. */
  readonly key: string
}

/** The views in the order of the sidebar, in groups. */
export const NAV: readonly (readonly NavItem[])[] = [
  [
    { to: '/overview', label: 'Overview', icon: LayoutDashboard, key: 'o' },
    { to: '/deliveries', label: 'Deliveries', icon: Send, key: 'd' },
    { to: '/failed', label: 'Failed and over', icon: CircleAlert, key: 'f' },
    { to: '/jobs', label: 'Jobs', icon: Sparkles, key: 'j' },
    { to: '/playground', label: 'Playground', icon: FlaskConical, key: 'p' },
  ],
  [
    { to: '/webhooks', label: 'Webhooks', icon: Webhook, key: 'w' },
    { to: '/workflows', label: 'Custom workflows', icon: Workflow, key: 'c' },
    { to: '/api-keys', label: 'API keys', icon: KeyRound, key: 'a' },
    { to: '/sessions', label: 'Sessions', icon: MonitorSmartphone, key: 's' },
    { to: '/settings', label: 'Settings', icon: Settings, key: 't' },
  ],
]
