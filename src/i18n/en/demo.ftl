# The demo's own pages: clock and mailbox.
demo-title = Demo
demo-lead = An invented city, a clock that can be moved on, and a mailbox anybody may read.
demo-clock = The demo's clock
demo-clock-text = The clock only goes forward. Reminders, lapses, the next reserve and letters due on the way happen in order, each at its time.
demo-advance-2h = 2 hours on
demo-advance-morning = To tomorrow 08:00
demo-advance-26h = 26 hours on
demo-advance-3d = 3 days on
demo-places = Where to go
demo-place-desk = Sign in to the desk (accounts are in the window that started the demo)
demo-place-mailbox = Demo mailbox: what experts, enterprises and liaisons received
demo-place-board = Board: answered on time, and how fast
demo-place-api = API reference
demo-letters-go-to = Letters go to { $where }.
demo-mailbox = Demo mailbox
demo-mailbox-lead = Letters to everybody, newest first; none leaves this machine. The personal links in them open.
demo-mailbox-count = { $n ->
    [one] { $n } letter
   *[other] { $n } letters
 }
demo-letters = Letters
demo-letters-to = To
demo-letters-show = Show
demo-letters-all = Everybody
demo-letters-none = No letters yet
demo-letters-none-text = Make an offer, or move the clock on, and they come.
demo-letter-html = As HTML
demo-letter-same = Only this recipient
flash-demo-moved = The clock moved on: { $letters } letters sent, { $reminders } reminders, { $lapsed } offers lapsed.
field-not-a-duration = not a span of time, such as PT26H or P2D
field-not-an-instant = not an instant, such as 2026-05-09T08:00:00+08:00
