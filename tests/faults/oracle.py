#!/usr/bin/env python3
"""When an answer is due, read a second time and by somebody else: the counting rules against `zhipai due -`.

Usage: oracle.py ZHIPAI HOLIDAYS.CSV [STEP]     STEP: every how many minutes (1 is every minute)

Shares nothing with the service but the CSV file: integers of minutes since 2024-01-01 00:00 in Beijing (no time zone
library, no datetime arithmetic), the days as a string of letters. Ends with 1 at the first difference.
"""
import json
import subprocess
import sys
import threading
from datetime import date, timedelta

FIRST, LAST = date(2024, 1, 1), date(2027, 3, 31)
DAY = 24 * 60


def letters(path):
    """One letter a day from FIRST: r rest, w work; and from which day on the year's notice is not known."""
    told = {}
    with open(path, encoding="utf-8-sig") as file:
        for row in file.read().splitlines()[1:]:
            day, kind = row.split(",")[:2]
            told[day] = "r" if kind == "holiday" else "w"
    known = {day[:4] for day in told}
    fixed = {"01-01", "05-01", "05-02", "10-01", "10-02", "10-03"}
    days = []
    day = FIRST
    while day <= LAST:
        text = day.isoformat()
        if text in told:
            days.append(told[text])
        elif text[:4] not in known and text[5:] in fixed:
            days.append("r")
        else:
            days.append("r" if day.weekday() > 4 else "w")
        day += timedelta(days=1)
    unknown = next(n for n in range(len(days)) if (FIRST + timedelta(days=n)).isoformat()[:4] not in known)
    return "".join(days), unknown


class Oracle:
    def __init__(self, path):
        self.days, self.unknown = letters(path)

    def last_day(self, rule, notice):
        if rule == "calendar-days":
            return notice + 2
        if rule == "civil-code":
            return self.days.index("w", notice + 2)
        first = self.days.index("w", notice + 1)
        return self.days.index("w", first + 1)

    def due(self, rule, minute, floor):
        """(due minute, provisional, [(day, counted)])"""
        notice = minute // DAY
        if rule == "hours-48":
            due, provisional = minute + 2 * DAY, False
            days = [(day, True) for day in range(notice, (due - 1) // DAY + 1)]
        else:
            last = self.last_day(rule, notice)
            due = (last + 1) * DAY
            provisional = rule != "calendar-days" and last >= self.unknown
            if rule == "working-days":
                days = [(day, self.days[day] == "w" and day > notice) for day in range(notice, last + 1)]
            elif rule == "civil-code":
                days = [(day, day in (notice + 1, last)) for day in range(notice, last + 1)]
            else:
                days = [(day, day > notice) for day in range(notice, last + 1)]
        if floor:
            missing = floor * 60 - awake(minute, due)
            while missing > 0:
                day = due // DAY
                begins, ends = max(due, day * DAY + 8 * 60), day * DAY + 22 * 60
                given = max(0, min(missing, ends - begins))
                missing -= given
                if days[-1][0] == day:
                    days.pop()
                days.append((day, True))
                due = begins + given if missing == 0 else (day + 1) * DAY
        return due, provisional, days


def awake(begins, ends):
    """Minutes between 08:00 and 22:00."""
    total = 0
    for day in range(begins // DAY, (ends - 1) // DAY + 1):
        total += max(0, min(ends, day * DAY + 22 * 60) - max(begins, day * DAY + 8 * 60))
    return total


def instant(minute):
    """Minutes since FIRST in Beijing as RFC 3339 in UTC."""
    minute -= 8 * 60
    day = FIRST + timedelta(days=minute // DAY)
    return "%sT%02d:%02d:00Z" % (day.isoformat(), minute % DAY // 60, minute % 60)


def main():
    zhipai, path = sys.argv[1], sys.argv[2]
    step = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    oracle = Oracle(path)
    minutes = range(0, (date(2027, 1, 1) - FIRST).days * DAY, step)
    names = [(FIRST + timedelta(days=day)).isoformat() for day in range((LAST - FIRST).days + 1)]
    compared = 0
    for rule in ("civil-code", "calendar-days", "working-days", "hours-48"):
        for floor in (None, 40):
            command = [zhipai, "due", "--rule", rule, "--format", "json", "-"]
            if floor:
                command[2:2] = ["--floor", str(floor)]
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

            def feed():
                with child.stdin as pipe:
                    for minute in minutes:
                        pipe.write(instant(minute).encode() + b"\n")

            feeder = threading.Thread(target=feed)
            feeder.start()
            for minute in minutes:
                line = child.stdout.readline()
                told = json.loads(line)
                due, provisional, days = oracle.due(rule, minute, floor)
                expected = (instant(due), provisional, [(names[day], counted) for day, counted in days])
                found = (told["due_at"], told["provisional"], [(day["date"], day["counted"]) for day in told["count"]])
                if expected != found or told["notified_at"] != instant(minute) or told["rule"] != rule:
                    print("DIFFERENT: %s floor %s notice %s\n  oracle %s\n  zhipai %s"
                          % (rule, floor, instant(minute), expected, found))
                    child.kill()
                    return 1
                compared += 1
            feeder.join()
            if child.wait() != 0:
                print("zhipai due ended with %d" % child.returncode)
                return 1
    print("counting: %d notices compared (every %d minutes of 2024-2026, four rules, with and without a floor of 40 "
          "waking hours), 0 differences" % (compared, step))
    return 0


sys.exit(main())
