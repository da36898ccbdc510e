queue-title = Queue
queue-title-sector = Queue: { $v }
queue-totals = { $open ->
    [one] { $open } awaits an answer
   *[other] { $open } await an answer
} · { $overdue ->
    [0] none overdue
   *[other] { $overdue } overdue
} · { $today ->
    [0] no more deadlines today
   *[other] { $today } due by the end of the day
}
queue-next = Take next
queue-fresh = { $n } new, show
queue-triage = { $n ->
    [one] { $n } message without a topic
   *[other] { $n } messages without a topic
}
queue-views = Views of the queue
queue-filters = Filters
queue-due = First answer due
queue-incident = Incident
queue-place = Place
queue-posts = Messages
queue-state = State
queue-holder = Holder
queue-shown = Showing { $n } of { $all }.
queue-more = Next
queue-order = nearest deadline first
queue-export = Export this selection
queue-empty = No open incidents. New ones will appear here.
queue-empty-filter = Nothing matches this filter.
view-open = All open
view-me = Mine
view-nobody = Taken by nobody
view-overdue = Overdue
view-today = By the end of the day
view-answered = Answered
view-closed = Closed
group-part = { $n } of { $all } shown
group-first = { $n } shown
group-overdue = Overdue
group-today = By the end of the day
group-tomorrow = Tomorrow
group-later = Later
group-answered = Answered
group-done = Closed and declined
facet-due = Due
facet-municipality = Municipality
facet-topic = Topic
facet-sector = Sector
facet-state = State
facet-platform = Source
facet-kind = Kind of message
facet-clear = Remove filter: { $v }
due-overdue = overdue
due-today = by the end of the day
due-tomorrow = by the end of tomorrow
place-unknown = place not named
flag-again = repeat
column-number = Number
column-sector = Sector
column-topic = Topic
column-municipality = Municipality
column-place = Place
column-state = State
column-opened = Opened
column-due = First answer due
column-posts = Messages
column-title = Problem

incident-posts-line = { $n ->
    [one] { $n } message, latest { $last }
   *[other] { $n } messages, latest { $last }
}
incident-mine = You hold this incident.
incident-held = Held by { $v }.
incident-posts = Messages
incident-posts-hidden = Your role does not see the messages' texts. Place, clocks and events are below.
incident-voices = authors are letters of this incident only
incident-answer = Answer
incident-answer-given = Answer given
incident-answer-link = the published answer
incident-events = Events
incident-clocks = Clocks
incident-place = Place
incident-similar = Similar nearby
action-take = Take
action-pass = Pass on
action-answer = Answer
action-decline = Decline
action-close = Close
action-reopen = Reopen
voice-resident = resident { $v }
voice-someone = a resident
voice-page = the community itself
post-post = post
post-comment = comment
post-under = under: “{ $v }”
post-edited = edited by its author
incident-reposts = { $n ->
    [one] { $n } repost
   *[other] { $n } reposts
}
post-repost-of = a repost of: “{ $v }”
post-earlier = Earlier wording, since { $v }
post-evidence = What was published is deleted; evidence of { $v } is kept.
post-media-hash = attachments, checksum { $v }
post-gone = The author deleted this message; the text below was public when we read it.
post-growth = { $n ->
    [one] +{ $n } view in 24 h
   *[other] +{ $n } views in 24 h
}
post-original = original
post-why-title = Why here
post-why = confidence { $score }; decided by { $words }
post-why-bare = confidence { $score }
quoted = “{ $v }”
masked-phone = telephone hidden
masked-email = e-mail hidden
masked-card = card hidden
masked-document = document hidden
masked-mention = mention hidden
masked-flat = flat hidden
masked-plate = number plate hidden
masked-name = name hidden
who-machine = routing
who-system = system
event-opened = Incident opened, sector “{ $v }”
event-joined = A message joined
event-take = Taken into work
event-pass = Passed from “{ $from }” to “{ $to }”
event-answer = Answer published
event-decline = Declined
event-close = Closed
event-reopen = Reopened, clocks start anew
event-overdue = Deadline passed: { $v }
clock-taken = Taken into work
clock-first = First answer
clock-interim = Interim answer
clock-final = Final answer
clock-norm = norm { $v }
clock-how = How it is counted
clock-starts = runs from
clock-passed = passed
clock-left = left
clock-over = beyond the norm
clock-due = due
clock-rule = Hours run without a break; no calendar is subtracted yet. The norm is the sector's, from its file.
deadline-taken = taken in { $v }
deadline-taken-late = taken in { $v }, after the deadline
place-municipality = Municipality
place-named = Named
place-point = Point
place-team = For
answer-nothing-published = the system publishes nothing
answer-template = Begin with
answer-own = Own text
answer-text = Answer
answer-preview = What the resident will read
answer-url = Link of the published answer
answer-url-hint = first publish the answer on the body's page, then paste its address here
answer-save = Record the answer
reason-title-pass = Pass to another sector
reason-title-decline = Decline the incident
reason-title-reopen = Reopen the incident
reason-outcome-pass = The incident leaves your queue for that of the chosen sector.
reason-outcome-decline = The incident closes without an answer. Its messages stay in search.
reason-outcome-reopen = A new cycle begins: the incident returns to the queue with new deadlines.
reason-changes-pass = Deadlines do not move. The new sector's agency is alerted.
reason-changes-decline = Clocks stop. It can be reopened at any time, with a reason.
reason-changes-reopen = The former answer and its clocks stay among the events.
reason-button-pass = Pass the incident on
reason-button-decline = Decline the incident
reason-button-reopen = Reopen
reason-sector = Sector
reason-hint = at least { $n } characters; read by those who receive the incident, and by the auditor
wrong-reason-too-short = Say a little more: colleagues will read it.
wrong-sector-unknown = Choose a sector from the list.
wrong-sector-same = The incident is in this sector already. Choose another.
wrong-text-too-short = Write the answer: it has fewer than 10 characters.
wrong-url-not-a-link = Paste the full address of the published answer; it begins with https://
wrong-prompt-empty = Fill in “{ $v }”: the answer cannot be recorded without it.
wrong-state-changed = The state changed while you were writing. Your text is still here: open the page in another tab and compare.

triage-title = No topic
triage-totals = { $n ->
    [one] { $n } message waits for a person
   *[other] { $n } messages wait for a person
}
triage-lead = This is what the machine is unsure of. Its guess is a hint, not a decision: give the sector with one key.
triage-empty = All sorted. New ones will appear here.
triage-hint = Looks like “{ $sector }”, confidence { $score }.
triage-words = Words:
triage-shown = Showing { $from }–{ $to } of { $all }.
triage-reason-unsure = Not sure.
triage-reason-other = No sector fits.
triage-reason-kind = Perhaps not a request.
triage-choose = Sector of this message
triage-nothing = Nothing to do
