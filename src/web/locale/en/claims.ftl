claims-title = Claim review
claims-title-of = Does the post repeat claim { $v }
claims-none = The queue is empty
claims-totals = { $at } of { $n } in the queue, likeliest first
claims-empty = No posts resemble reviewed claims. New ones will appear here.
claims-post = Post
claims-claim = Reviewed claim
claims-review = What is really the case
claims-review-link = the whole review
claims-likeness = likeness { $score }, { $level }
claims-same = words in common: { $n }
claims-person = A person decides. Earlier decisions are not shown here.
claims-decision = What the post does
claims-reason = Grounds
claims-reason-hint = required; seen by the second reader and by whoever contests it
claims-decide = Decide and next
claims-after = After the decision
claims-after-1 = The label is the post's, not a person's: there is no author page and never will be.
claims-after-2 = The system publishes nothing and answers nobody: an editor publishes the correction, as a separate step.
decision-repeats = Repeats it
decision-note-repeats = says the same as a fact
decision-mentions = Mentions it
decision-note-mentions = asks, quotes, does not assert
decision-opinion = Opinion or joke
decision-note-opinion = judgement, satire, feeling
decision-unrelated = Something else
decision-note-unrelated = only the words are alike
decision-unsure = Cannot tell
decision-note-unsure = goes to another reader
level-strong = strong match
level-suggest = suggested
level-none = weak
conflict-number = numbers differ
conflict-negation = negation differs
rating-true = confirmed
rating-unconfirmed = not confirmed
rating-false = false
rating-misleading = misleading
rating-opinion = opinion
rating-unverifiable = cannot be verified
wrong-decision-missing = Choose a decision: none is chosen beforehand.
wrong-why-too-short = Write your grounds: the second reader must understand you.

search-title = Search
search-go = Find
search-all = { $n ->
    [one] { $n } message within your reach
   *[other] { $n } messages within your reach
}
search-totals = { $n ->
    [0] nothing for “{ $words }”
    [one] { $n } message for “{ $words }”
   *[other] { $n } messages for “{ $words }”
}
search-empty = Nothing was found.
search-wider = Search without filters
search-how = Try fewer words or another one: its forms are found by themselves. An “exact phrase” goes in quotes, a minus drops a word.
search-incident = incident
search-order = Order
search-when = When
order-best = best first
order-newest = newest first
span-ever = at any time
span-day = in 24 hours
span-week = in a week
span-month = in 30 days
kind-complaint = complaint
kind-question = question
kind-thanks = thanks
kind-suggestion = suggestion
kind-other = other
kind-empty = no content

alerts-title = Alerts
alerts-lead = The agency gets a message: problem, place, deadline and the link to this page. Never an author.
alerts-off = No receiver is set, so alerts go nowhere. Set alerts.webhook_url or alerts.mail_to in the settings, or mail_to in the sectors' files.
alerts-totals = { $delivered } delivered · { $waiting } waiting · { $failed } not delivered
alerts-all = All
alerts-state = State
alerts-state-waiting = waiting
alerts-state-delivered = delivered
alerts-state-failed = not delivered
alerts-state-skipped = nobody to tell
alerts-event = About
alerts-at = When
alerts-attempts = Attempts
alerts-error = Last error
alerts-again = again { $v }
alerts-receiver = Receivers: { $v }.
alerts-webhook = webhook
alerts-mailboxes = { $n ->
    [one] { $n } mailbox
   *[other] { $n } mailboxes
}
alerts-retry = Send again
alerts-empty = No alerts.

alert-event-incident-opened = new incident
alert-event-incident-overdue = deadline passed
alert-event-incident-moved = passed to a sector

overview-title = Overview
overview-lead = Figures within your reach, without texts or names.
overview-open = Await an answer
overview-open-note = open the queue
overview-overdue = Overdue
overview-overdue-note = first answer not in time
overview-triage = No topic
overview-triage-note = give a sector
overview-claims = Like reviewed claims
overview-claims-note = review
overview-alerts = Not delivered
overview-alerts-note = alerts to agencies
overview-sectors = Sectors and states
overview-places = Municipalities
overview-sum = Total
overview-empty = No incidents yet.
claims-blur = Hide text
claims-skip = Skip
