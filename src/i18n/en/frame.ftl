# The frame of every page, and the words inside parts/macros.html.
frame-brand = Zhipai
frame-skip = Skip to main content
frame-nav = Main navigation
frame-bar = Bottom navigation
frame-more = More
# Read out after a count in the navigation: “5 waiting”.
frame-waiting = waiting
frame-sign-out = Sign out
frame-large-type = Large type
frame-normal-type = Standard type
frame-dark = Dark
frame-light = Light
# The button that leaves things as they are, when a deed is asked about once.
frame-keep = Not now
frame-organiser = Organiser:{" "}
frame-supervision = Supervision line:{" "}
frame-site-code = Site code
frame-demo-mailbox = Demo mailbox and clock

part-errors-title = To be corrected: { $n }
part-error = Error:{" "}
part-optional = (optional)
part-suggested = Suggested from your description
part-suggested-by = Suggested by: { $words }
# {"{n}"} is filled in by the page's script while one types.
part-left = {"{n}"} characters left
part-paging = Pages
part-previous = Previous
part-next = Next
part-count = Day by day
part-how-counted = How the days are counted
part-signal = Signal
part-share = Share
part-points = Points
part-why = Why
part-total = Total
part-copy = Copy
part-copied = Copied
