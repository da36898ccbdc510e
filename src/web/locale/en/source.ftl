percent = { $v }%
source-visit = Read now
source-since = noticed { $v }
source-found = noticed { $v }
source-span = { $since } to { $until }
source-coverage = Read on time
source-coverage-note = { $n } of { $of } readings in 7 days
source-blind = Hours unread
source-blind-note = in 7 days, when a reading was due
source-lag = Since the last reading
source-lag-note = usually we see new posts after { $v }
source-rate = Posts a day
source-rate-note = the last one { $v }
source-rate-none = not known yet
source-posts-note = kept since the beginning
source-hours = Seven days by the hour
source-hours-note = a full bar: read; half: tried and failed; at the bottom: not read
source-hours-label = { $n ->
    [0] No hour of the seven days was left unread
    [one] { $n } hour of the seven days was left unread
   *[other] { $n } hours of the seven days were left unread
}
source-hours-now = now
source-errors = Last errors
source-errors-note = the same ones in a row share a line
source-errors-none = There were no errors.
source-error-when = When
source-error-what = What happened
source-error-do = What to do
source-error-times = { $n ->
    [one] once
   *[other] { $n } times
} since { $since }
source-gaps = Gaps
source-gaps-note = where posts may have passed us by
source-gaps-none = No gaps were noticed.
source-gap-span = Period
source-budget-note = shared by every source of this platform
source-budget-left = { $v } left
source-about-title = About the source
source-about-code = Code
source-about-address = Address
source-about-place = Municipality
source-about-members = Subscribers
source-about-comments = Comments are read
source-open = details

finding-parser-broken = The page opens, and we no longer see any posts on it.
finding-words-parser-broken = There used to be some. Open the page yourself: if it shows posts, the platform changed its layout, and the developers have to know. If there really are none, do nothing: the warning goes with the first new post.
finding-silent = The source has been silent for longer than is usual for it.
finding-words-silent = By its usual rhythm five posts should have come by now. Open the page and see whether it was closed or moved.
finding-gap = Some posts passed us by.
finding-words-gap = More posts came between readings than the platform showed. We are reading that period again; there is nothing to do.
finding-lost = The feed pushed some posts out before we came.
finding-words-lost = Everything that it showed was new: earlier posts have left it and cannot be read any more. Look at the site itself; if it happens again, ask the administrator to read the feed more often.

gap-state-open = being read
gap-state-waits = waiting
gap-state-closed = closed
gap-state-lost = lost
gap-words-unread = One reading did not reach the posts that are known. The next ones read on by themselves.
gap-words-skipped = The numbers of posts jumped over what we saw. The period is read again.
gap-words-lost = The feed does not show what is older. Look at the site itself.

backfill = Read the past
backfill-from = From
backfill-to = To
backfill-begin = Read
backfill-stop = Stop
backfill-done = Done so far
backfill-kept = Posts older than { $v } are not kept, so there is no use in reading them.
backfill-reach-vk = VK shows a wall to its very beginning.
backfill-reach-vk-comments = VK shows a wall to its very beginning. Comments under old posts are not read this way.
backfill-reach-telegram = Telegram shows a channel to its very beginning if its web preview is open.
backfill-reach-feed = A feed shows its last posts only: we read what it has.
backfill-reach-none = This source cannot be asked about the past.
backfill-state-waiting = queued
backfill-state-running = under way
backfill-state-held = waiting
backfill-state-done = done
backfill-state-stopped = stopped
backfill-state-failed = failed
backfill-progress = Reached { $reached }. Posts { $found }, new { $kept }, requests { $requests }.
backfill-held = { $why } We go on { $again }.
backfill-outlived = { $n ->
    [one] { $n } post was not kept: it is older than the retention term
   *[other] { $n } posts were not kept: they are older than the retention term
}
backfill-by-selfcheck = self-check
backfill-by-command = by command on the server
backfill-end-reached = The whole period was read.
backfill-end-nothing-older = The platform shows nothing older.
backfill-end-cannot-go-back = This source cannot be asked about the past.
wrong-from-unknown = Give the day to begin with.
wrong-to-unknown = The last day is not understood. Choose it from the calendar or leave it empty.
wrong-from-late = The first day has to lie before the last one, and not in the future.
wrong-to-outlived = Posts of this period are older than the retention term: there is nothing to keep.

error-class-closed = The page is closed to readers.
error-class-do-closed = Open it in a browser without signing in. If it is closed to everybody, ask the administrator of sources to drop it; if it is open, send them the address.
error-class-absent = There is no such page.
error-class-do-absent = It may have been deleted or moved. Find the new address and give it to the administrator of sources.
error-class-token = The platform does not accept our access key.
error-class-do-token = The system administrator has to issue a new key. Other sources of this platform stand still too.
error-class-settings = Something in the settings or in the source's address is wrong.
error-class-do-settings = Check whether the address is right. If it is, show the platform's answer to the system administrator.
error-class-quota = Today's limit of requests is used up.
error-class-do-quota = There is nothing to do: we go on when the limit is renewed. If it happens every day, there are more sources than the limit allows.
error-class-wait = The platform asks us to wait.
error-class-do-wait = There is nothing to do: we come back when it allows and read what we missed.
error-class-captcha = The platform wants to be sure that we are no robot.
error-class-do-captcha = We do not get round it and wait. If it happens again, the system administrator should write to the platform's support.
error-class-server = The platform has trouble of its own.
error-class-do-server = There is nothing to do: we try more and more rarely and read on when it works.
error-class-network = No answer came, or one that cannot be read.
error-class-do-network = Open the page in a browser. If it opens and the error stays for over an hour, tell the system administrator: the connection may be lost.
error-class-layout = The page is built otherwise than we expect.
error-class-do-layout = The platform has probably changed its layout. Tell the developers; meanwhile look at the page yourself.

source-new = Add a source
source-change = Change
source-edit = Change the source
source-edit-lead = Only open pages are read: communities, channels and feeds. Personal pages are not.
source-edit-address = Paste the page's address: vk.com/gorod, t.me/gorod, or a feed's full address.
source-edit-moved = With a new address the source is read from the beginning; what was collected stays.
source-edit-telegram-off = Telegram is switched off in this system: the source is recorded and read once it is switched on.
source-edit-name = The name that people know
source-edit-place = Which municipality is usually written about there
source-edit-everywhere = the whole region
source-edit-minutes = Read at least once in so many minutes
source-edit-minutes-hint = 5 to 1440; empty: the system's usual
source-edit-comments = read comments (VK)
source-edit-official = official page of a body
source-edit-off = do not read: switched off
source-edit-save = Save
source-about-origin = Comes from
source-about-file = the file of sources; it can only be changed there
source-about-added = added on this page
wrong-platform-unknown = Choose a platform from the list.
wrong-address-vk = This is no address of a VK community. It looks like vk.com/gorod or vk.com/club123.
wrong-address-telegram = This is no name of an open channel. The address looks like t.me/gorod.
wrong-address-feed = This is no address of a feed. It begins with https://
wrong-address-personal = Personal and closed pages are not read.
wrong-address-known = This page is among the sources already.
wrong-name-length = Write a name of 1 to 120 characters.
wrong-municipality-unknown = Choose a municipality from the list.
wrong-minutes-range = Give a number of minutes from 5 to 1440, or leave it empty.
