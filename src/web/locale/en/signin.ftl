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
me-how-provider = with the organisation's account
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
audit-account-provider = organisation's account
audit-account-too-early = too early after wrong attempts
audit-account-code-too-early = code too early after wrong attempts
audit-account-second-factor-set-up = second step switched on
audit-account-second-factor-removed = second step switched off
audit-account-second-factor-reset = second step reset by an administrator
audit-account-recovery-codes = new recovery codes
audit-account-switched-off = account switched off
audit-account-switched-on = account switched on
audit-account-sessions-ended = sessions ended by an administrator

me-factor = Second step of signing in
me-factor-off = Only the password guards your sign-in. The second step is a code from an app on your phone: then a stolen password is not enough to sign in as you.
me-factor-on = Switched on { $v }. Signing in asks for a code from the app.
me-factor-codes = { $n ->
    [0] No recovery codes are left. Make new ones.
    [one] { $n } recovery code is left.
   *[other] { $n } recovery codes are left.
}
me-factor-set-up = Set up the second step
me-factor-change = Change
me-factor-code = Code from the app, or a recovery code
me-factor-renew = Make new recovery codes
me-factor-remove = Switch the second step off
me-factor-required = Your role signs in with a second step only; it cannot be switched off.

factor-title = Second step of signing in
factor-required = Your role signs in with a second step only. Set it up once, it takes a minute.
factor-lead = Open an app for codes on your phone (FreeOTP, Aegis or another), add an entry and point the camera at the code.
factor-qr = QR code with the address of the second step
factor-by-hand = No camera, type it in
factor-by-hand-lead = Key (by time, six digits):
factor-uri = Or the whole address:
factor-code = The code that the app shows
factor-confirm = Switch on
factor-later = Not now
factor-wrong = The code did not match. Wait for the next one and check the time on the phone.

codes-title = Recovery codes
codes-lead = The second step is on. Without your phone, type one of these in place of the code. Each works once.
codes-once = Write them down or print them now: we shall not show them again.
codes-done = I have them, go on

code-title = Second step
code-label = Code from the app
code-hint = Six digits. Without your phone: type a recovery code.
code-wrong = The code did not match. Each code works once: wait for the next one.
code-lost = Neither phone nor recovery codes: call the centre's administrator.
code-again = Sign in with another login

flash-factor-removed = The second step is off.

signin-provider = Sign in with your organisation's account
signin-provider-named = Sign in with { $v }
signin-break-glass = An administrator's sign-in by password
signin-provider-away = Your organisation's sign-in service does not answer now. Try again in a minute; whoever has a password may sign in with it.
signin-provider-denied = Your organisation's sign-in service refused. Try again; if it fails once more, call the centre's administrator.
signin-provider-state = This sign-in is finished, out of date, or was begun in another browser. Begin anew.
signin-provider-code = Your organisation's sign-in service did not take the answer: it is out of date or was used before. Begin anew.
signin-provider-nonce = The sign-in service's answer belongs to another sign-in. Begin anew.
signin-provider-time = The sign-in service's answer has expired, or its clock and ours differ. Begin anew; if it fails once more, call the centre's administrator.
signin-provider-token = The sign-in service's answer did not pass the check. Call the centre's administrator.
signin-provider-no-role = The sign-in service knows you, but you have no role in Otklik. The centre's administrator gives access.
signin-provider-disabled = Your account is switched off. The centre's administrator gives access.

me-of-provider = You sign in with your organisation's account: password and second step are changed there.

audit-account-provider-away = the sign-in service did not answer
audit-account-provider-denied = the sign-in service refused
audit-account-provider-state = a foreign or outdated answer of the sign-in service
audit-account-provider-code = the sign-in service did not take the code
audit-account-provider-nonce = the sign-in service's answer belongs to another sign-in
audit-account-provider-time = the sign-in service's answer has expired or the clocks differ
audit-account-provider-token = the sign-in service's answer did not pass the check
audit-account-provider-no-role = the sign-in service gave no role
audit-account-provider-disabled = the account is switched off

audit-roles = roles: { $v }
audit-roles-none = no roles
audit-by-cli = command on the server
audit-by-command-line = command on the server
audit-by-start = start of the service
audit-by-provider = sign-in service
audit-by-deadlines = deadlines
audit-by-routing = routing
audit-by-sources = sources
