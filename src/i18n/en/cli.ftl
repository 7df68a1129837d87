due-line = Notified { $notified }: answer before { $due }
due-provisional = The holidays of a year it touches are not announced yet: the date is provisional and can only move later
cli-holidays = Holidays read for { $years }: { $days } days; { $moved } open offers are due later
cli-row = row { $row }: { $text }
cli-imported = new { $created }, changed { $changed }, unchanged { $unchanged }
cli-dry-run = A dry run: nothing was written
cli-left-out = { $n } problems; their rows were left out
cli-xlsx-or-csv = The file's name must end in .xlsx or .csv
