import { type FormEvent, useEffect, useRef, useState } from 'react'
import { isApiError, messageOf } from '../../api/problem.ts'
import { useAccount } from '../../stores/account.ts'
import { useNavigation } from '../../stores/navigation.ts'
import { useSsoFailure } from '../../stores/sso-failure.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Logo } from '../../ui/logo.tsx'
import { ForgotDialog } from './forgot-dialog.tsx'
import { MIN_PASSWORD_LENGTH } from './password-length.ts'
import { SsoButton } from './sso-button.tsx'
import { ssoWords } from './sso-words.ts'

interface Problems {
  readonly name?: string
  readonly email?: string
  readonly password?: string
}

interface Entries {
  readonly name: string
  readonly email: string
  readonly password: string
}

function problemsOf({ name, email, password }: Entries, isNew: boolean): Problems {
  return {
    ...(isNew && name === '' ? { name: 'Tell us what to call you.' } : {}),
    ...(/^\S+@\S+\.\S+$|^\S+@localhost$/.test(email)
      ? {}
      : { email: 'Enter an e-mail address, such as ada@example.org.' }),
    ...(isNew && password.length < MIN_PASSWORD_LENGTH
      ? { password: `Use at least ${MIN_PASSWORD_LENGTH} characters.` }
      : password === ''
        ? { password: 'Enter your password.' }
        : {}),
  }
}

const entriesOf = (form: HTMLFormElement): Entries => {
  const fields = new FormData(form)
  const text = (name: string) => String(fields.get(name) ?? '')
  return { name: text('name').trim(), email: text('email').trim(), password: text('password') }
}

interface AccountScreenProps {
  readonly isNew: boolean
  readonly notice: string | null
  /** Whom the notice is for; `null`: anybody. */
  readonly invitedEmail: string | null
}

/** Signing up and signing in. The address stays, so that the person lands where they meant to go. */
export function AccountScreen({ isNew, notice, invitedEmail }: AccountScreenProps) {
  const signUp = useAccount((state) => state.signUp)
  const signIn = useAccount((state) => state.signIn)
  const go = useNavigation((state) => state.go)
  const [problems, setProblems] = useState<Problems>({})
  const { reason: ssoFailure, settle } = useSsoFailure()
  const [failure, setFailure] = useState(ssoFailure === null ? null : ssoWords(ssoFailure))
  const [busy, setBusy] = useState(false)
  /** What was typed on the other of the two forms. */
  const [email, setEmail] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const restoreAccount = useAccount((state) => state.restoreAccount)
  const restoreAccountBySso = useAccount((state) => state.restoreAccountBySso)
  /** Who has an account that is deleted and can come back. */
  const [closed, setClosed] = useState<Entries | 'at the provider' | null>(
    ssoFailure === 'closed' ? 'at the provider' : null,
  )
  const [isForgotten, setForgotten] = useState(false)

  useEffect(() => {
    document.title = isNew ? 'Create your account · Nexus' : 'Sign in · Nexus'
  }, [isNew])

  // Told once: not again to who signs in and out later.
  useEffect(() => settle, [settle])

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const entries = entriesOf(event.currentTarget)
    const found = problemsOf(entries, isNew)
    setProblems(found)
    setFailure(null)
    setClosed(null)
    const [first] = Object.keys(found)
    if (first !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus()
      return
    }
    setBusy(true)
    try {
      await (isNew ? signUp(entries) : signIn(entries))
    } catch (error) {
      setClosed(isApiError(error, 'account_deleted') ? entries : null)
      setFailure(
        isApiError(error, 'email_taken')
          ? 'This e-mail has an account already. Sign in instead.'
          : messageOf(error),
      )
      setBusy(false)
    }
  }

  const restore = async (whose: Entries | 'at the provider'): Promise<void> => {
    setBusy(true)
    try {
      await (whose === 'at the provider'
        ? restoreAccountBySso()
        : restoreAccount({ email: whose.email, password: whose.password }))
    } catch (error) {
      setFailure(messageOf(error))
      setBusy(false)
    }
  }

  return (
    <main className="grid min-h-full place-items-center px-4 py-10">
      <div className="w-full max-w-88 animate-fade-in">
        <div className="mb-7 flex flex-col items-center text-center">
          <Logo className="mb-4 size-11" />
          <h1 className="text-2xl font-semibold tracking-tight">
            {isNew ? 'Create your account' : 'Sign in to Nexus'}
          </h1>
          <p className="mt-1.5 text-base text-muted">
            {isNew ? 'Your first workspace is ready as soon as you are.' : 'Workspaces made of live panels.'}
          </p>
        </div>

        {notice !== null && (
          <p
            role="status"
            className="mb-4 rounded-md border border-line bg-info-soft px-3 py-2 text-sm text-info"
          >
            {notice}
          </p>
        )}

        <form
          ref={form}
          key={`${isNew ? 'new' : 'known'} ${invitedEmail ?? ''}`}
          noValidate
          onSubmit={(event) => void submit(event)}
          className="space-y-4 rounded-xl border border-line bg-surface p-5 shadow-md"
        >
          {isNew && (
            <TextField label="Name" name="name" autoComplete="name" autoFocus error={problems.name ?? null} />
          )}
          <TextField
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={email === '' ? (invitedEmail ?? '') : email}
            autoFocus={!isNew}
            error={problems.email ?? null}
          />
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete={isNew ? 'new-password' : 'current-password'}
            error={problems.password ?? null}
            {...(isNew ? { hint: `At least ${MIN_PASSWORD_LENGTH} characters.` } : {})}
          />
          {failure !== null && (
            <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
              {failure}
            </p>
          )}
          {closed !== null && (
            <Button busy={busy} className="w-full" onClick={() => void restore(closed)}>
              Bring my account back
            </Button>
          )}
          <Button type="submit" variant="primary" size="lg" busy={busy} className="w-full">
            {isNew ? 'Create account' : 'Sign in'}
          </Button>
        </form>
        <SsoButton />

        {!isNew && (
          <p className="mt-5 text-center text-sm">
            <button
              type="button"
              onClick={() => {
                if (form.current !== null) setEmail(entriesOf(form.current).email)
                setForgotten(true)
              }}
              className="rounded-sm text-muted underline-offset-3 hover:underline"
            >
              Forgot your password?
            </button>
          </p>
        )}
        <ForgotDialog open={isForgotten} onOpenChange={setForgotten} email={email} />
        <p className="mt-3 text-center text-sm text-muted">
          {isNew ? 'You have an account?' : 'New here?'}{' '}
          <button
            type="button"
            onClick={() => {
              setProblems({})
              setFailure(null)
              setClosed(null)
              if (form.current !== null) setEmail(entriesOf(form.current).email)
              go(isNew ? { at: 'start' } : { at: 'sign-up' })
            }}
            className="rounded-sm font-medium text-accent-ink underline-offset-3 hover:underline"
          >
            {isNew ? 'Sign in instead' : 'Create an account'}
          </button>
        </p>
      </div>
    </main>
  )
}
