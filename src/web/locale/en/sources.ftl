sources-title = Sources
sources-totals = { $n ->
    [one] { $n } source
   *[other] { $n } sources
} · { $posts ->
    [one] { $shown } message in all
   *[other] { $shown } messages in all
}
sources-manners = Errors never make us ask faster.
sources-manners-more = When a platform asks us to wait, we wait exactly that long; the pause is shown here.
sources-source = Source
sources-state = State
sources-posts = Messages
sources-last = Last new
sources-visit = Read
sources-words = What happened and what to do
sources-attention = Need attention
sources-well = Working
sources-off = Switched off
sources-empty = No sources yet. Describe them in the region's sources.toml and start the service again.
sources-error = The platform's answer
sources-budget = Today's limits
sources-budget-note = requests used so far; the region's day
sources-budget-empty = No requests today yet.
sources-budget-domain = Platform
sources-budget-method = Request
sources-budget-get = pages read
sources-budget-used = Used
sources-budget-of = { $used } of { $limit }
sources-budget-exhausted = the platform asks to wait until { $v }
sources-loops = Background work
sources-loops-note = /health tells the same
sources-loops-empty = No background work runs in this process.
source-about = { $kind }, every { $every }
source-kind-official = official page
source-kind-community = public community
source-kind-media = news feed
source-kind-import = imported file
source-next = next in { $v }
source-next-now = next in line
source-state-active = working
source-state-waiting = not read yet
source-state-failing = not responding
source-state-behind = behind
source-state-silent = silent
source-state-parked = waiting
source-state-gone = closed
source-state-off = off
source-words-active = no errors
source-words-waiting = The first reading is ahead. Nothing to do.
source-words-failing = It does not respond. We try less and less often and will catch up when it answers. If it lasts, check the address.
source-words-behind = It is read later than usual. Check that the background work runs and the limit is not used up.
source-words-silent = No new posts for over a week. Check by hand whether the page was closed.
source-words-parked = The platform asks us to wait. We return by ourselves; if it repeats, check access and limits.
source-words-gone = The page is closed or deleted. Remove it from the list or mend the address.
source-words-off = Not read, by the administrator's decision. It is switched on in the sources file.
loop-state-running = running
loop-state-failing = failing
loop-state-stopped = stopped

official-title = Official pages
official-totals = { $n ->
    [one] { $n } page
   *[other] { $n } pages
} within your reach
official-confirmed = Mark confirmed
official-confirmed-note = people see “Gosorganizatsiya”
official-lost = Mark lost
official-lost-note = was there and is gone
official-requested = Mark requested
official-requested-note = waiting for the platform
official-absent = No mark
official-absent-note = never requested
official-low = Below the norm of posts
official-low-note = in the last 7 days
official-body = Body and page
official-mark = Mark “Gosorganizatsiya”
official-stand = Mark or ПОС form
official-posts = Posts, 8 weeks
official-first = What to mend first
official-note = Note
official-checked = checked: { $v }
official-never-checked = never checked
official-week = { $n } this week, norm { $norm }
official-not-crawled = not read by us, norm { $norm }
official-weeks-label = Posts by week over 8 weeks
official-members = { $n ->
    [one] { $shown } subscriber
   *[other] { $shown } subscribers
}
official-first-lost = Restore the mark: the page's administrator signs in through Gosuslugi
official-first-absent = Request the mark through Gosuslugi
official-first-requested = Await the answer about the mark, remind in a week
official-first-low = End the silence: put posts into the plan
official-first-widget = Put the ПОС form on the site
official-first-form = Name the number of the ПОС form in the installed code
official-first-nothing = Nothing urgent
official-change = Change the mark
official-change-note = How do you know
official-change-hint = at least 10 characters; colleagues and the auditor will read it
official-save = Record the mark
official-open = open the page
official-empty = There are no official pages within your reach.
official-legend = dashed line over the bars: the norm of the class
widget-unknown = The ПОС form was not looked for yet
widget-present = The site shows the ПОС form, number { $v }
widget-partial = The ПОС form has no number and may not open: compare the installed code
widget-link_only = No ПОС form, only a link to Gosuslugi
widget-absent = No ПОС form in the site's code: open the site and look
mark-confirmed = confirmed
mark-requested = requested
mark-none = none
mark-lost = lost
class-flagship = flagship
class-active = active
class-card = card
loop-collecting = reading sources
loop-understanding = understanding
loop-routing = routing
loop-indexing = search
loop-deadlines = deadlines
loop-listening = news from the database
loop-retention = purge of what is out of date
loop-tables = import of tables
loop-jobs = alerts
loop-journal = the journal
loop-backfilling = reading the past
sources-found = { $n ->
    [one] Self-check: { $n } source needs attention.
   *[other] Self-check: { $n } sources need attention.
}
sources-found-more = A page opens and shows no posts, a source is silent unlike itself, or posts passed us by.
source-state-broken = posts not seen
source-words-broken = The page opens and holds no posts. Look at it yourself; the source's page tells more.
source-words-unlike = Silent for longer than is usual for it. Check whether the page was closed.
