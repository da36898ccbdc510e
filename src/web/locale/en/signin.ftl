# Signing in, sessions, the second step.

me-title = Sign-in and sessions
me-lead = Where you are signed in, and what guards your sign-in.
me-sessions = My sessions
me-browser = Browser
me-browser-unknown = unknown browser
me-address = Address
me-address-unknown = unknown
me-since = Began
me-seen = Last request
me-this = this session
me-end = End
me-end-others = End all others
me-how-password = by password
me-how-code = by password and code
me-how-recovery = by password and recovery code
me-how-provider = by the provider
me-password = Password
me-password-lead = Changing it ends all sessions; you will have to sign in again.
me-password-current = Present password
me-password-new = New password
me-password-again = New password again
me-password-hint = At least 10 characters. Several words are better than one with digits.
me-password-change = Change the password
me-password-wrong = The present password did not match. Nothing has changed.
me-password-wait = Too many wrong attempts. Wait and try again.
me-password-differ = The new password and its repetition differ. Type them once more.
me-password-short = The new password has fewer than 10 characters.
me-password-long = The new password has more than 256 bytes.

flash-session-ended = The session has ended.
flash-sessions-ended = The other sessions have ended.
flash-password-changed = The password is changed, all sessions have ended. Sign in with the new one.

audit-sessions-ended = ended sessions

problem-too-many-title = Too many requests
problem-too-many-next = Repeat the request after as many seconds as the Retry-After header says.

audit-sessions = { $n ->
    [one] { $n } session
   *[other] { $n } sessions
}
audit-account-password = password
audit-account-code = code of the second step
audit-account-recovery = recovery code
audit-account-provider = sign-in provider
audit-account-too-early = too early after wrong attempts
audit-account-code-too-early = code too early after wrong attempts
audit-account-second-factor-set-up = second step switched on
audit-account-second-factor-removed = second step switched off
audit-account-second-factor-reset = second step reset by an administrator
audit-account-recovery-codes = new recovery codes
audit-account-switched-off = account switched off
audit-account-switched-on = account switched on
audit-account-sessions-ended = sessions ended by an administrator
