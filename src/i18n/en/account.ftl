# Staff leave: entered by its holder or an administrator.
account-away = Leave
account-away-until = Away until (that day included)
account-away-hint = Meanwhile letters and tasks go to the station’s other liaisons, its head or a manager; open tasks move at once. Empty the field when back.
account-away-do = Enter
flash-away = Leave entered; open tasks went to whoever stands in.
flash-back = Back on duty.
