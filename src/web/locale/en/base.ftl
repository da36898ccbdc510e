# Frame, time, words of codes.

product = Otklik
skip = Skip to content
menu = Menu
bar-label = Sections
bar-search = Number, address, words
bar-search-label = Search messages
bar-zone = local time, UTC{ $utc }
bar-sign-out = Sign out
never = not yet
nobody = nobody
somebody = a colleague
you = you
more = More
show = Show
reset = Clear all
reason = Reason
cancel = Cancel
yes = yes
no = no
unknown = unknown
keys-title = Keys of this page
keys-layout = any layout; not active in fields
keys-off = Switch keys off
keys-on = Switch keys on
keys-close = Close
keys-all = all keys
key-down = down
key-up = up
key-open = open
key-search = search
key-next = take next
key-answer = answer
key-take = take
key-pass = pass on
key-decline = decline
key-original = original
key-next-incident = next
key-previous-incident = previous
key-sector = sector
key-nothing = nothing to do
key-decision = decision
key-decide = decide and next
key-skip = skip
key-blur = hide text

nav-overview = Overview
nav-queue = Queue
nav-triage = No topic
nav-claims = Claims
nav-search = Search
nav-pages = Pages
nav-sources = Sources
nav-alerts = Alerts
nav-audit = Journal

role-curator = curator
role-executor = executor
role-centre-head = head of centre
role-direction-head = head of direction
role-block-lead = responsible for the block
role-block-head = head of block
role-block-employee = block employee
role-content-centre = content centre
role-media-lead = media lead
role-municipal-head = municipal head
role-leadership = leadership
role-auditor = auditor
role-administrator = administrator

span-moment = less than a minute
span-minutes = { $n } min
span-hours = { $n } h
span-hours-minutes = { $h } h { $m } min
span-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
span-days-hours = { $d ->
    [one] { $d } day { $h } h
   *[other] { $d } days { $h } h
}
span-just-now = just now
span-seconds = { $n } s
span-ago = { $v } ago

day-today = today
day-tomorrow = tomorrow
day-yesterday = yesterday
day-date = { $w } { $d } { $m }
day-date-year = { $d } { $m } { $y }
moment-near = { $day } at { $clock }
moment-far = { $day }, { $clock }

deadline-left = { $v } left
deadline-until = until { $clock } { $day }
deadline-overdue = { $v } overdue
deadline-was = was due { $day } at { $clock }
deadline-done = answered in { $v }
deadline-done-late = answered in { $v }, after the deadline
deadline-none = no deadline

weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

state-new = not taken
state-assigned = passed on, not taken
state-in-progress = in progress
state-answered = answered
state-closed = closed
state-declined = declined

tag-vk = VK
tag-telegram = TG
tag-feed = NEWS
tag-ok = OK
tag-max = MAX
tag-site = SITE
tag-pos = POS
tag-open311 = 311
tag-import = FILE

platform-vk = VK
platform-telegram = Telegram
platform-feed = news feeds
platform-ok = Odnoklassniki
platform-max = MAX
platform-site = sites
platform-pos = state feedback platform
platform-open311 = Open311
platform-import = imported files

flash-taken = Incident taken. You hold it now.
flash-passed = Incident passed on. The new sector sees it with your reason.
flash-answered = Answer recorded; the first answer's clock has stopped.
flash-declined = Incident declined. It can be reopened with a reason.
flash-closed = Incident closed.
flash-reopened = Incident reopened; its clocks start anew.
flash-decided = Decision recorded. Here is the next post.
flash-skipped-all = That was the last one; starting over.
flash-triaged = Sector given, incident opened.
flash-nothing = Noted: nothing to do. The message stays in search.
flash-marked = The page's mark is recorded.
flash-queue-empty = Nothing waits to be taken. New incidents will appear here.
flash-retried = The alert is queued again and goes out now.
flash-source-visit = The source is first in the queue now.
flash-source-backfill = Reading the past has begun. Its progress is shown below.
flash-source-ceased = Reading the past is stopped. What was read is kept.
flash-source-added = The source is added and read next.
flash-source-changed = The changes are saved.
flash-signed-out = You have signed out. Goodbye.

error-code = Code { $v }
error-home = Go to the start
error-back = Go back
error-not-found-title = There is no such page
error-not-found-next = The address may be mistyped, or the record is outside your reach. Check the number or go back to your sections.
error-denied-title = This page is not for your role
error-denied-next = Access is set by the centre's administrator. Your own sections are open; begin at the start.
error-forged-title = The form has expired
error-forged-next = Nothing was changed. Go back, reload the page and send it again.
error-unauthorized-title = An access token is needed
error-unauthorized-next = Send a valid token as Authorization: Bearer. The command otklik token add makes one.
error-conflict-title = Somebody was faster
error-conflict-next = Your change was not saved. Go back and see how it stands now.
error-refused-title = Not possible now
error-refused-next = The state has changed. Go back and see what can be done now.
error-invalid-title = Please check a field
error-invalid-next = Nothing was saved. Go back, mend the field and send it again.
error-too-many-title = Too many attempts
error-too-many-next = Wait and try again.
error-unavailable-title = The database is not responding
error-unavailable-next = Nothing was saved. Retry in a minute; if it stays, call the administrator.
error-disk-full-title = The disk is full
error-disk-full-next = Nothing was saved. Incidents and posts cannot be opened now either, for each view is noted in the journal. Tell the administrator that the disk of the database is full; once there is room, everything works again by itself.
error-read-only-title = The database can only be read
error-read-only-next = Nothing was saved. Incidents and posts cannot be opened now either, for each view is noted in the journal. Tell the administrator that the disk of the database refuses writes; once that is mended, everything works again by itself.
error-unsure-title = No answer came in time
error-unsure-next = Whether it was written is not known: open the record and look before you try again.
error-internal-title = That did not work
error-internal-next = We noted what happened. Retry; if it fails again, tell the administrator the code below.
error-method-title = This address works differently
error-method-next = Only forms come here. Nothing was changed; begin at the start.
error-too-large-title = The request is too large
error-too-large-next = Shorten the text and send it again.
error-bad-request-title = The request was not understood
error-bad-request-next = Open the page again and retry.
problem-not-found-title = There is nothing at this address
problem-not-found-next = The address may be wrong, or the record is outside this token's reach.
problem-denied-title = The token's role may not do this
problem-denied-next = Use the token of an account whose role may, or ask the administrator to change the role.
problem-invalid-title = A parameter is wrong
problem-invalid-next = Mend the parameter named in errors and send the request again.
problem-internal-title = That did not work
problem-internal-next = We noted what happened. Retry; if it fails again, tell the administrator the request_id.
problem-method-title = This address does not take that method
problem-method-next = The methods it takes are in the Allow header.
problem-bad-request-title = The request was not understood
problem-bad-request-next = Mend the request and send it again.
problem-too-large-title = The request is too large
problem-too-large-next = Make the body smaller and send it again.
problem-conflict-title = There is such a record already
problem-conflict-next = Nothing was changed. Read the record and decide what to do with it.
problem-unavailable-title = The database is not responding
problem-unavailable-next = Nothing was saved. Send the request again in a minute.
problem-unsupported-title = The body is of another kind
problem-unsupported-next = Send JSON with Content-Type: application/json.
problem-precondition-title = The record has changed
problem-precondition-next = Nothing was changed. Read it again and repeat with its new ETag in If-Match.
problem-precondition-required-title = The header If-Match is needed
problem-precondition-required-next = Read the record and name its ETag in the header If-Match.
problem-key-reused-title = This Idempotency-Key was used for another request
problem-key-reused-next = Take a new key for a new request.

wrong-form-too-long = The form is too large.
wrong-text-nul = Remove the NUL character from the text: it cannot be stored.
wrong-mark-unknown = Choose a mark from the list.
wrong-note-too-short = Say how you know it: at least 10 characters.

signin-title = Sign in
signin-login = Login
signin-password = Password
signin-enter = Sign in
signin-wrong = Login or password did not match. The next attempt opens in a few seconds; after that the wait grows.
signin-wrong-left = { $n ->
    [one] Login or password did not match. { $n } attempt left, then you will have to wait.
   *[other] Login or password did not match. { $n } attempts left, then you will have to wait.
}
signin-wait = Too many wrong attempts. Wait { $v } and try again.
signin-layout = Check the keyboard layout and Caps Lock.
signin-forgot = Forgot the password: call the centre's administrator.
signin-about = Otklik works with public messages about problems, not with people. Views, exports and changes are recorded.

audit-title = Journal
audit-lead = Who saw, opened, decided and changed what. Entries cannot be altered or removed.
audit-who = Who
audit-kind = What
audit-subject = Subject
audit-any = everything
audit-at = When
audit-detail = Details
audit-empty = No entries.
audit-empty-filter = No entries match this filter.
audit-older = Earlier entries
audit-nobody = nobody signed in
audit-subject-hint = an incident's number, or a link of the journal
audit-of-incident = incident № { $v }
audit-of-post = message { $v }
audit-of-claim = claim { $claim }, message { $post }
audit-of-account = account { $v }
audit-of-page = section “{ $v }”
audit-of-official = official page { $v }
audit-of-api = program access, { $v }
audit-of-alert = alert { $v }
audit-of-posts = search of messages
audit-of-path = address { $v }
audit-posts = { $n ->
    [one] { $n } message
   *[other] { $n } messages
}
audit-rows = { $n ->
    [one] { $n } row
   *[other] { $n } rows
}
audit-found = { $n ->
    [one] { $n } message found
   *[other] { $n } messages found
}
audit-since = From
audit-until = Until
audit-export-all = Export the whole journal
audit-export-chosen = Export the selection
audit-export-whole = the whole journal
audit-export-selection = selected entries
audit-whole = Checked { $at }: entries { $entries }, chains { $chains }, all in place.
audit-unchecked = The journal was not checked yet. The first check runs a few seconds after the service starts.
audit-broken = The journal is broken, checked { $at }: { $what }. Chain { $chain }, position { $position }, entry { $entry }. Tell the administrator; otklik audit verify gives the details.
audit-broken-content = an entry was changed
audit-broken-link = an entry does not link to the one before
audit-broken-gap = entries are missing
audit-broken-order = an entry is repeated or out of place
audit-broken-signature = a signature is false, or something else was signed
audit-broken-missing-chain = a chain is missing
audit-broken-missing-checkpoint = a checkpoint is missing
audit-broken-file = the file was changed
audit-never-signed = The journal was not signed yet. The first signature comes a few minutes after the first entry.
audit-signed = { $n ->
    [0] Signed { $at }, checkpoint { $number }. All entries are signed.
    [one] Signed { $at }, checkpoint { $number }. { $n } entry waits for a signature.
   *[other] Signed { $at }, checkpoint { $number }. { $n } entries wait for a signature.
}
audit-of-settings = settings of the machine { $v }
audit-of-catalogue = rules: sectors and topics
audit-of-region = rules: region, sources, claims
audit-of-topics = the model of topics
audit-of-unknown = a login that does not exist
audit-digest = digest { $now }, was { $was }
audit-found-shown = { $n ->
    [one] { $all } found, { $n } post shown
   *[other] { $all } found, { $n } posts shown
}
audit-digest-first = digest { $v }, the first
audit-token-added = an API token was added
audit-added-as = added, role: { $v }
audit-signed-in = signed in
audit-sign-in-refused = sign-in refused
audit-signed-out = signed out
audit-viewed = viewed
audit-searched = searched
audit-opened = opened the original
audit-exported = exported
audit-decided = decided
audit-changed = changed
audit-denied = was refused
