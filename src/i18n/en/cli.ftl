due-line = Notified { $notified }: answer before { $due }
due-provisional = The holidays of a year it touches are not announced yet: the date is provisional and can only move later
