//! The letters' part of the policy form: hours, reminders, escalation, digests.

use crate::domain::letter_rules::LetterRules;
use crate::domain::letter_rules::ReminderPoint;
use crate::domain::refusal::FieldProblem;
use crate::web::form::Fields;

/// The figures, as the form names them; the two lists stand apart.
pub const FIGURES: [&str; 5] =
    ["quiet_until", "quiet_from", "reminders_apart_hours", "digest_minutes", "letters_a_day"];

/// Writes the rules into the form.
pub fn fill(form: &mut Fields, rules: &LetterRules) {
    let figures =
        [rules.quiet_until, rules.quiet_from, rules.reminders_apart_hours, rules.digest_minutes, rules.letters_a_day];
    for (name, figure) in FIGURES.iter().zip(figures) {
        form.set(name, figure.to_string());
    }
    let reminders: Vec<String> = rules.reminders.iter().map(ReminderPoint::to_string).collect();
    form.set("reminders", reminders.join(", "));
    let hours: Vec<String> = rules.escalation_hours.iter().map(u32::to_string).collect();
    form.set("escalation_hours", hours.join(", "));
}

/// Reads the rules from the form; what cannot be read is a problem of its field.
pub fn read(form: &Fields, problems: &mut Vec<FieldProblem>) -> LetterRules {
    let mut figure = |name: &str| match form.opt(name).map(str::parse) {
        Some(Ok(figure)) => figure,
        Some(Err(_)) => {
            problems.push(FieldProblem::new(name, "not-a-number"));
            0
        }
        None => {
            problems.push(FieldProblem::new(name, "missing"));
            0
        }
    };
    let mut rules = LetterRules {
        quiet_until: figure("quiet_until"),
        quiet_from: figure("quiet_from"),
        reminders_apart_hours: figure("reminders_apart_hours"),
        digest_minutes: figure("digest_minutes"),
        letters_a_day: figure("letters_a_day"),
        reminders: Vec::new(),
        escalation_hours: Vec::new(),
    };
    for piece in pieces(form.get("reminders")) {
        match piece.parse() {
            Ok(point) => rules.reminders.push(point),
            Err(_) => problems.push(FieldProblem::with("reminders", "not-a-reminder", piece)),
        }
    }
    for piece in pieces(form.get("escalation_hours")) {
        match piece.parse() {
            Ok(hours) => rules.escalation_hours.push(hours),
            Err(_) => problems.push(FieldProblem::with("escalation_hours", "not-rising", "1–240")),
        }
    }
    rules
}

fn pieces(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '，', '、', ';', '；']).map(str::trim).filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let rules = LetterRules { escalation_hours: vec![2, 8, 30], quiet_from: 20, ..LetterRules::default() };
        let mut form = Fields::default();
        fill(&mut form, &rules);
        let mut problems = Vec::new();
        assert_eq!(read(&form, &mut problems), rules);
        assert!(problems.is_empty());
        form.0.retain(|(name, _)| !["reminders", "escalation_hours"].contains(&name.as_str()));
        form.set("reminders", "50％、9：00，whenever");
        form.set("escalation_hours", "soon");
        let read = read(&form, &mut problems);
        assert_eq!(read.reminders, [ReminderPoint::Part(50), ReminderPoint::LastDay(9)]);
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["reminders", "escalation_hours"]);
    }
}
