import { type ReactNode, useEffect } from 'react'
import { Code } from '../../ui/code.tsx'
import { Logo } from '../../ui/logo.tsx'
import { KeyForm } from './key-form.tsx'

/** What those see who are not signed in, at whatever address they came to. */
export function SignInView() {
  return (
    <SignInFrame title="Sign in">
      <p className="mb-6 text-sm leading-6 text-muted">
        Open the one-time link that the server printed when it started, or print another:
      </p>
      <Code text="npm run ringback -- sign-in" label="Command" />
      <div className="my-7 flex items-center gap-3 text-xs text-faint" aria-hidden="true">
        <span className="h-px flex-1 bg-line" />
        or with an API key
        <span className="h-px flex-1 bg-line" />
      </div>
      <KeyForm />
    </SignInFrame>
  )
}

export function SignInFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Ringback`
  }, [title])
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-full max-w-md rounded-2xl border border-line bg-surface p-6 sm:p-9">
        <Logo />
        <h1 className="mt-7 mb-1.5 text-xl font-semibold tracking-tight">{title}</h1>
        {children}
      </div>
    </main>
  )
}
