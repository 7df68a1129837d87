//! Every kind of letter in both languages, and what each may and may not say.

use super::sample::{self, CONTACTS};
use super::{Letter, letter};
use crate::domain::answer_rule::CountingRule;
use crate::domain::conduct::{CaseKind, Decision};
use crate::domain::notice::{Audience, Notice, NoticeKind};
use crate::i18n::Lang;
use crate::mail::links::{Links, blank_links, links_in};
use crate::seal::{Keyring, Purpose};

const BASE: &str = "https://zhipai.example";
const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

fn written(notice: &Notice, lang: Lang) -> Letter {
    let keyring = sample::keyring();
    letter(notice, &Links { base_url: BASE, keyring: &keyring, now: sample::now() }, lang)
}

/// Everything the reader sees, in both forms, and what staff may paste.
fn everything(letter: &Letter) -> [String; 4] {
    [letter.text().expect("renders"), letter.html().expect("renders"), letter.subject.clone(), letter.wechat.clone()]
}

fn opened(keyring: &Keyring, url: &str) -> Option<(Purpose, u16)> {
    let token = url.strip_prefix(&format!("{BASE}/l/"))?;
    keyring.open_link(token, sample::now()).map(|link| (link.purpose, link.round))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

#[test]
fn every_letter_is_complete_in_both_languages_and_both_forms() {
    for kind in NoticeKind::ALL {
        for lang in LANGS {
            let letter = written(&sample::notice(*kind), lang);
            let [text, html, subject, wechat] = everything(&letter);
            for said in [&text, &html, &subject, &wechat] {
                assert!(
                    !said.contains('⟦') && !said.contains("{$") && !said.contains("{ $"),
                    "{kind} {lang:?}: {said}"
                );
            }
            assert!(!subject.trim().is_empty() && !letter.preheader.is_empty(), "{kind} {lang:?}");
            let mut words: Vec<&str> = vec![&letter.heading, &letter.greeting];
            words.extend(letter.paragraphs.iter().map(String::as_str));
            words.extend(letter.closing.iter().map(String::as_str));
            words.extend(letter.supervision_phone.as_deref());
            for (label, value) in letter.facts.iter().chain(letter.contacts.iter().flat_map(|block| &block.lines)) {
                words.extend([label.as_str(), value.as_str()]);
            }
            if let Some(due) = &letter.due {
                words.extend([due.words.as_str(), due.rule.as_deref().unwrap_or_default()]);
                words.extend(due.notes.iter().map(String::as_str));
                words.extend(due.count.iter().flat_map(|(day, why)| [day.as_str(), why.as_str()]));
            }
            for word in words {
                assert!(text.contains(word), "{kind} {lang:?}: the text lacks {word}\n{text}");
                assert!(html.contains(&escaped(word)), "{kind} {lang:?}: the HTML lacks {word}");
            }
            let urls: Vec<String> = letter.addresses().into_iter().map(|(_, url)| url.to_owned()).collect();
            assert_eq!(links_in(&text), urls, "{kind} {lang:?}");
            assert!(letter.actions.iter().all(|action| html.contains(&format!("href=\"{}\"", action.url))));
            assert!(letter.actions.iter().filter(|action| action.primary).count() <= 1);
            assert!(!text.contains("\n\n\n"), "{kind} {lang:?}: empty lines pile up\n{text}");
        }
    }
}

/// The same notice with everything people typed in English.
fn in_english(notice: &mut Notice) {
    notice.to.name = "Gu".into();
    if let Some(need) = &mut notice.need {
        need.title = Some("Risk check".into());
        need.description = Some("Three parts".into());
        need.enterprise = "Yanshi".into();
        need.opposing_agent = None;
        need.station.name = "Spruce Park".into();
        need.station.address = "1 Spruce Road".into();
        need.contact = None;
    }
    if let Some(offer) = &mut notice.offer {
        offer.question = Some("May I?".into());
        offer.reply = Some("Yes".into());
        offer.expert.name = "Gu".into();
        offer.expert.firm = "Zhixing".into();
        offer.next = Some("Shen".into());
    }
    if let Some(duty) = &mut notice.duty {
        duty.title = "May".into();
        for turn in &mut duty.turns {
            turn.station.name = "Spruce Park".into();
            turn.station.address = "1 Spruce Road".into();
            turn.event = turn.event.as_ref().map(|_| "Clinic".into());
        }
    }
    if let Some(task) = &mut notice.task {
        task.expert = Some("Gu".into());
    }
    if let Some(document) = &mut notice.document {
        document.name = "Patent attorney".into();
        document.note = Some("The scan is hard to read.".into());
    }
    if let Some(admission) = &mut notice.admission {
        (admission.name, admission.firm) = ("Gu".into(), "Zhixing".into());
        admission.reason = Some("All there.".into());
    }
    if let Some(case) = &mut notice.case {
        case.grounds = "Grounds".into();
        case.reason = Some("Reason".into());
        case.appeal_reason = Some("Nothing new".into());
        case.expert = "Gu".into();
    }
}

#[test]
fn an_english_letter_has_no_chinese_words_of_ours() {
    for kind in NoticeKind::ALL {
        let mut notice = sample::notice(*kind);
        in_english(&mut notice);
        for (_, item) in &mut notice.items {
            in_english(item);
        }
        let [text, ..] = everything(&written(&notice, Lang::En));
        let chinese: String = text.chars().filter(|c| ('\u{3000}'..='\u{9fff}').contains(c)).collect();
        assert!(chinese.is_empty(), "{kind}: {chinese}\n{text}");
    }
}

#[test]
fn an_offer_says_all_that_is_needed_and_no_contact() {
    let keyring = sample::keyring();
    for kind in [NoticeKind::Offer, NoticeKind::Reminder] {
        let letter = written(&sample::notice(kind), Lang::Zh);
        let [text, ..] = everything(&letter);
        for fact in [
            "减速器出口欧盟前的专利风险排查",
            "三处啮合结构",
            "知识产权风险防控服务、知识产权信息查询检索服务",
            "砚石智能装备有限公司",
            "Nordgetriebe GmbH",
            "德衡专利代理",
            "线上，海淀区",
            "2026年5月20日（周三）前",
            "约 4 小时",
            "紧急",
            "XQ-2026-000123",
            "请于 2026年5月8日（周五）24:00 前答复",
            "通知当日不计",
            "5月6日（周三）：通知当日，不计入",
            "劳动节假期",
        ] {
            assert!(text.contains(fact), "{kind} lacks {fact}\n{text}");
        }
        assert!(letter.subject.contains("请于 5月8日（周五）24:00 前答复：减速器"), "{}", letter.subject);
        assert_eq!(letter.actions.len(), 2);
        let first = links_in(&text).first().cloned().expect("a link");
        assert_eq!(opened(&keyring, &first), Some((Purpose::Answer, 1)));
        assert!(letter.wechat.contains(&first) && letter.wechat.contains("24:00"), "{}", letter.wechat);
        assert!(letter.invite.is_none());
    }
}

#[test]
fn contact_data_is_only_in_the_two_letters_that_may_show_it() {
    for kind in NoticeKind::ALL {
        for lang in LANGS {
            let said = everything(&written(&sample::notice(*kind), lang)).join("\n");
            let shown: Vec<&str> = CONTACTS.into_iter().filter(|contact| said.contains(contact)).collect();
            let expected: &[&str] = match kind {
                NoticeKind::Confirmed => &CONTACTS[..2],
                NoticeKind::ExpertConfirmed => &CONTACTS[2..],
                _ => &[],
            };
            assert_eq!(shown, expected, "{kind} {lang:?}");
        }
    }
}

#[test]
fn a_confidential_offer_hides_the_matter_and_says_so() {
    for (lang, hidden) in [(Lang::Zh, "企业要求保密"), (Lang::En, "asks for confidence")] {
        let mut notice = sample::notice(NoticeKind::Offer);
        let need = notice.need.as_mut().expect("a need");
        (need.title, need.description) = (None, None);
        let letter = written(&notice, lang);
        let said = everything(&letter);
        assert!(said[0].contains(hidden) && said[1].contains(hidden), "{}", said[0]);
        assert!(said[0].contains("砚石智能装备有限公司") && said[0].contains("Nordgetriebe GmbH"));
        assert!(said.iter().all(|said| !said.contains("减速器") && !said.contains("啮合")), "{}", said[0]);
    }
}

#[test]
fn an_offer_not_yet_delivered_says_from_when_it_counts() {
    let mut notice = sample::notice(NoticeKind::Offer);
    let offer = notice.offer.as_mut().expect("an offer");
    offer.notified_at = None;
    offer.provisional = true;
    let [text, ..] = everything(&written(&notice, Lang::Zh));
    assert!(text.contains("时限自邮件服务器收下本信之时起算") && text.contains("暂定，只会延后"), "{text}");
    notice.offer.as_mut().expect("an offer").answer_due_at = None;
    let letter = written(&notice, Lang::Zh);
    assert!(letter.subject.contains("2 日内答复") && letter.due.is_some_and(|due| due.instant.is_none()));
}

#[test]
fn a_moved_deadline_is_told_without_the_count_it_left_behind() {
    let mut notice = sample::notice(NoticeKind::QuestionReplied);
    assert!(written(&notice, Lang::Zh).due.is_some_and(|due| due.count.len() == 3 && due.rule.is_some()));
    let offer = notice.offer.as_mut().expect("an offer");
    offer.answer_due_at = offer.answer_due_at.map(|due| due + chrono::TimeDelta::days(3));
    let due = written(&notice, Lang::Zh).due.expect("a deadline");
    assert_eq!(due.words, "请于 2026年5月11日（周一）24:00 前答复");
    assert!(due.count.is_empty() && due.rule.is_none() && due.notes[0].contains("延后"), "{due:?}");
}

#[test]
fn every_rule_is_explained_in_both_languages() {
    for rule in CountingRule::ALL {
        for lang in LANGS {
            let mut notice = sample::notice(NoticeKind::Offer);
            notice.offer.as_mut().expect("an offer").rule = rule;
            let due = written(&notice, lang).due.expect("a deadline");
            assert!(due.rule.is_some_and(|rule| !rule.contains('⟦') && rule.chars().count() > 12), "{rule} {lang:?}");
        }
    }
}

#[test]
fn enterprises_are_told_whom_to_call() {
    for kind in NoticeKind::ALL {
        let letter = written(&sample::notice(*kind), Lang::Zh);
        let is_enterprise = kind.audience() == Audience::Enterprise;
        assert_eq!(letter.supervision_phone.as_deref() == Some("监督电话：010-12330123"), is_enterprise, "{kind}");
    }
}

#[test]
fn links_lead_where_they_say() {
    let keyring = sample::keyring();
    let sealed: &[(NoticeKind, &[Purpose])] = &[
        (NoticeKind::Offer, &[Purpose::Answer, Purpose::Answer]),
        (NoticeKind::OfferLapsed, &[Purpose::Answer]),
        (NoticeKind::SeatTaken, &[]),
        (NoticeKind::Confirmed, &[Purpose::Answer]),
        (NoticeKind::AnswerEntered, &[Purpose::Answer, Purpose::NotMine]),
        (NoticeKind::FeedbackReminder, &[Purpose::Answer]),
        (NoticeKind::Receipt, &[Purpose::Status]),
        (NoticeKind::RateService, &[Purpose::Rate]),
        (NoticeKind::RateReminder, &[Purpose::Rate]),
        (NoticeKind::CaseOpened, &[Purpose::Case]),
        (NoticeKind::CaseDecided, &[Purpose::Case]),
        (NoticeKind::CaseSealed, &[Purpose::Case]),
        (NoticeKind::AppealDecided, &[Purpose::Case]),
        (NoticeKind::StatementReminder, &[Purpose::Case]),
        (NoticeKind::AppealReminder, &[Purpose::Case]),
    ];
    for (kind, purposes) in sealed {
        let letter = written(&sample::notice(*kind), Lang::Zh);
        let opened: Vec<_> = letter.actions.iter().map(|action| opened(&keyring, &action.url)).collect();
        let expected: Vec<_> = purposes
            .iter()
            .map(|purpose| Some((*purpose, u16::from(!matches!(purpose, Purpose::Status | Purpose::Case)))))
            .collect();
        assert_eq!(opened, expected, "{kind}");
    }
    for kind in NoticeKind::ALL.iter().filter(|kind| kind.audience() == Audience::Staff) {
        let letter = written(&sample::notice(*kind), Lang::Zh);
        let page = match kind {
            NoticeKind::StaffCase
            | NoticeKind::StaffAppeal
            | NoticeKind::StaffStatementEnding
            | NoticeKind::StaffAppealEnding => "/conduct/",
            NoticeKind::PasswordReset => "/password/",
            NoticeKind::StaffDutyGap => "/duty",
            NoticeKind::StaffApplication | NoticeKind::StaffDocumentEnding => "/experts/",
            _ => "/needs/",
        };
        assert!(letter.addresses().iter().any(|(_, url)| url.starts_with(&format!("{BASE}{page}"))), "{kind}");
        let says_more = |paragraphs: &[String]| paragraphs.len() > 1;
        assert!(
            says_more(&letter.paragraphs)
                || *kind == NoticeKind::PasswordReset
                || kind.is_digest() && letter.entries.iter().all(|entry| says_more(&entry.paragraphs)),
            "{kind} says no next step"
        );
    }
}

#[test]
fn a_digest_tells_each_matter_with_its_own_link() {
    let keyring = sample::keyring();
    for lang in LANGS {
        let letter = written(&sample::notice(NoticeKind::Digest), lang);
        let [text, html, subject, wechat] = everything(&letter);
        assert!(subject.contains('3') && letter.entries.len() == 3, "{subject}");
        let links: Vec<String> = links_in(&text).into_iter().filter(|link| link.contains("/l/")).collect();
        assert_eq!(links.len(), 3, "{text}");
        for (entry, link) in letter.entries.iter().zip(&links) {
            assert!(text.contains(&entry.heading) && html.contains(&escaped(&entry.heading)));
            assert_eq!(opened(&keyring, link), Some((Purpose::Answer, 1)));
            assert!(html.contains(&format!("href=\"{link}\"")) && wechat.contains(link));
        }
        assert!(letter.entries.first().is_some_and(|entry| entry.due.is_some()), "what is due stands first");
        let kept = blank_links(&text);
        assert!(links.iter().all(|link| !kept.contains(link.as_str())));
    }
}

#[test]
fn what_is_left_of_a_digest_is_an_ordinary_letter() {
    let mut notice = sample::notice(NoticeKind::Digest);
    notice.items.truncate(1);
    let alone = notice.items.first().map(|(_, item)| item.clone()).expect("one");
    assert_eq!(written(&notice, Lang::Zh), written(&alone, Lang::Zh));
}

#[test]
fn kept_letters_hold_no_secret() {
    for kind in NoticeKind::ALL {
        let letter = written(&sample::notice(*kind), Lang::Zh);
        let [text, html, ..] = everything(&letter);
        for kept in [blank_links(&text), blank_links(&html)] {
            for secret in letter.actions.iter().filter_map(|action| action.url.rsplit('/').next()) {
                // An id leads to a page of staff, as do `admission` and `duty`; `me` to a page that asks who comes: no secrets.
                let page = secret.len() == 36 || ["me", "admission", "duty"].contains(&secret);
                assert!(page || !kept.contains(secret), "{kind}: {kept}");
            }
        }
    }
}

#[test]
fn calendar_files_come_with_the_yes_and_go_with_the_release() {
    for kind in NoticeKind::ALL {
        let letter = written(&sample::notice(*kind), Lang::Zh);
        let expected = match kind {
            NoticeKind::Confirmed | NoticeKind::ExpertConfirmed => Some(false),
            NoticeKind::ExpertReleased | NoticeKind::SearchingAgain => Some(true),
            _ => None,
        };
        assert_eq!(letter.invite.map(|invite| invite.cancelled), expected, "{kind}");
    }
    let mut notice = sample::notice(NoticeKind::Confirmed);
    notice.need.as_mut().expect("a need").wanted_by = None;
    let invite = written(&notice, Lang::Zh).invite.expect("the feedback's day");
    assert_eq!(invite.day.to_string(), "2026-05-27");
    assert!(invite.summary.starts_with("书面反馈截止"), "{}", invite.summary);
    notice.kind = NoticeKind::ExpertConfirmed;
    assert_eq!(written(&notice, Lang::Zh).invite, None);
}

#[test]
fn a_case_says_how_to_be_heard_and_how_to_appeal() {
    let opened = everything(&written(&sample::notice(NoticeKind::CaseOpened), Lang::Zh));
    assert!(opened[0].contains("5 个工作日") && opened[0].contains("暂停向您派单"), "{}", opened[0]);
    for (decision, appeal) in [(Decision::Remove, true), (Decision::Admonish, true), (Decision::Dismiss, false)] {
        let mut notice = sample::notice(NoticeKind::CaseDecided);
        let case = notice.case.as_mut().expect("a case");
        (case.kind, case.decision) = (CaseKind::Admonition, Some(decision));
        let [text, ..] = everything(&written(&notice, Lang::Zh));
        assert_eq!(text.contains("10 个工作日"), appeal, "{decision}");
    }
}

#[test]
fn a_reminder_of_a_case_says_until_when() {
    for kind in [NoticeKind::StatementReminder, NoticeKind::AppealReminder] {
        let [text, ..] = everything(&written(&sample::notice(kind), Lang::Zh));
        assert!(text.contains("5月20日（周三）24:00") && text.contains("CQ-2026-000007"), "{text}");
    }
    let stages = |kind: &NoticeKind| kind.reminds_of().is_some();
    assert_eq!(NoticeKind::ALL.iter().filter(|kind| stages(kind)).count(), 4);
}

#[test]
fn a_notice_that_lacks_its_facts_is_still_a_letter() {
    for kind in NoticeKind::ALL {
        let mut notice = sample::notice(*kind);
        (notice.need, notice.offer, notice.case, notice.secret) = (None, None, None, None);
        (notice.document, notice.admission, notice.duty) = (None, None, None);
        let letter = written(&notice, Lang::Zh);
        // The rota's own page needs no fact.
        assert!(letter.actions.is_empty() || *kind == NoticeKind::StaffDutyGap, "{kind}");
        assert!(!letter.text().expect("renders").contains('⟦'), "{kind}");
    }
}
