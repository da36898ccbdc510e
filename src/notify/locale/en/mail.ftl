mail-incident-opened = new incident
mail-incident-overdue = promise missed
mail-incident-moved = passed to your sector
mail-unknown = alert

# Subject of the letter
mail-subject = [{ $sector }] No. { $number }: { $event }, { $place }
mail-subject-nowhere = [{ $sector }] No. { $number }: { $event }
mail-subject-digest = { $count ->
    [one] { $count } alert
   *[other] { $count } alerts
} in one letter

mail-heading = { $sector }, No. { $number }: { $event }
mail-problem = Problem
mail-topic = Topic
mail-place = Place
mail-due = Answer by
mail-missed = Was promised by
mail-open = Open in Otklik
mail-digest = As many letters went out this hour as the settings allow, so all that waited is gathered here.
mail-foot = A machine wrote this letter; there is no need to answer it. Letters never name who reported the problem.
