import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useSignIn } from '../../api/account.ts'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Code } from '../../ui/code.tsx'
import { KeyForm } from './key-form.tsx'
import { SignInFrame, SignInView } from './sign-in-view.tsx'

/** Takes the token out of the address, so that neither history nor a screenshot keeps it; empty when there is none. */
function takeToken(): string {
  const token = location.hash.slice(1)
  if (token !== '') history.replaceState(history.state, '', location.pathname)
  return token
}

/** Where one-time links lead: exchanges the token for a session by POST, once. */
export function LinkView() {
  const navigate = useNavigate()
  const [hasToken, setHasToken] = useState(location.hash.length > 1)
  const { mutate, error, variables, isSuccess } = useSignIn()

  useEffect(() => {
    function exchange() {
      const link = takeToken()
      if (link === '') return
      setHasToken(true)
      mutate({ link })
    }
    exchange()
    // Another link that is pasted over this page changes nothing but the fragment.
    addEventListener('hashchange', exchange)
    return () => removeEventListener('hashchange', exchange)
  }, [mutate])
  useEffect(() => {
    if (isSuccess) void navigate({ to: '/', replace: true })
  }, [isSuccess, navigate])

  if (!hasToken) return <SignInView />
  if (!error) {
    return (
      <SignInFrame title="Signing in">
        <p className="text-sm leading-6 text-muted">One moment.</p>
      </SignInFrame>
    )
  }
  const isLost = error instanceof ApiError && error.kind === 'connection'
  return (
    <SignInFrame title={isLost ? 'The server does not answer' : 'This link does not work any more'}>
      <p role="alert" className="mb-5 text-sm leading-6 text-muted">
        {error.message}
      </p>
      {isLost ? (
        <Button onClick={() => variables && mutate(variables)}>Try again</Button>
      ) : (
        <div className="flex flex-col gap-6">
          <Code text="npm run ringback -- sign-in" label="Command" />
          <KeyForm />
        </div>
      )}
    </SignInFrame>
  )
}
