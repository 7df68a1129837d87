//! Whether two needs of one enterprise are the same matter, though worded otherwise, and why it seems so.
//!
//! What both texts speak of (concepts, words, pairs of characters, Latin words) is weighed against the shorter of them; the
//! enterprise's own trade and place, common to all its matters, weigh nothing. The
//! same opposing party settles it; a common service item lowers what the texts must share. Only an enterprise's open needs
//! are ever compared, so nothing here grows with the number of needs.
//!
//! Contract: pure, deterministic, symmetric but for the words shown. Deliberately absent: a decision. People are warned.

use std::collections::BTreeMap;

use super::analyzer::TermSort;
use super::highlight;
use super::lexicon::{Kind, lexicon};
use super::reading::Reading;
use crate::domain::firm::{FirmMatch, FirmName};

/// Texts that share this much, in percent of the shorter, are the same matter whatever was ticked.
const ALIKE: u32 = 35;
/// With a common service item this much is enough.
const ALIKE_IN_SERVICE: u32 = 12;
/// What a common concept and a common word weigh; a pair of characters weighs 1.
const CONCEPT: u32 = 4;
const WORD: u32 = 2;
/// The most words shown.
const MOST_WORDS: usize = 3;

/// A need as it is compared.
pub struct Matter {
    text: String,
    title: Speaks,
    whole: Speaks,
    services: Vec<String>,
    opponents: Vec<FirmName>,
}

/// What a text speaks of: the key of each feature, its weight, and the span that shows it.
type Speaks = BTreeMap<(char, String), (u32, String)>;

/// Why two needs seem to be the same matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameMatter {
    /// How much of the shorter text the other one shares, in percent.
    pub percent: u32,
    /// Both name the same opposing party.
    pub opponent: bool,
    /// What both speak of, as typed in the first, the weightiest first, at most three.
    pub words: Vec<String>,
}

impl Matter {
    /// Reads a need.
    #[must_use]
    pub fn read(title: &str, description: &str, services: &[String], opposing_party: Option<&str>) -> Self {
        let text = format!("{title}\n{description}");
        let mut opponents = FirmName::parse_list(opposing_party.unwrap_or_default());
        opponents.retain(|name| !name.is_nothing());
        Self { title: speaks(title), whole: speaks(&text), services: services.to_vec(), text, opponents }
    }

    /// Why the other need seems to be the same matter, if it does.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> Option<SameMatter> {
        let opponent = self
            .opponents
            .iter()
            .any(|mine| other.opponents.iter().any(|theirs| mine.compare(theirs) == FirmMatch::Sure));
        let in_service = self.services.iter().any(|slug| other.services.contains(slug));
        let percent = shared(&self.title, &other.title).max(shared(&self.whole, &other.whole));
        let enough = if in_service { ALIKE_IN_SERVICE } else { ALIKE };
        (opponent || percent >= enough).then(|| SameMatter { percent, opponent, words: self.common_words(other) })
    }

    fn common_words(&self, other: &Self) -> Vec<String> {
        let mut spans: Vec<(u32, &str)> = Vec::new();
        for (feature, (weight, span)) in &self.whole {
            let theirs = other.whole.get(feature).map_or(0, |(theirs, _)| *theirs);
            if *weight.min(&theirs) > 0 && span.chars().count() >= 2 {
                spans.push((*weight, span));
            }
        }
        spans.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.len().cmp(&a.1.len())).then(a.1.cmp(b.1)));
        let mut words: Vec<String> = Vec::new();
        for (_, span) in spans {
            let typed = highlight::marks(&self.text, &[span.to_owned()]).into_iter().next();
            let Some(word) = typed.and_then(|range| self.text.get(range)) else { continue };
            if !words.iter().any(|known| known.contains(word) || word.contains(known.as_str())) {
                words.push(word.to_owned());
            }
            if words.len() == MOST_WORDS {
                break;
            }
        }
        words
    }
}

/// How much of the shorter text's weight the other one has, in percent; 0 when one says nothing.
fn shared(one: &Speaks, other: &Speaks) -> u32 {
    let weight = |speaks: &Speaks| speaks.values().map(|(weight, _)| weight).sum::<u32>();
    let least = weight(one).min(weight(other));
    if least == 0 {
        return 0;
    }
    let mut common = 0;
    for (key, (weight, _)) in one {
        // What one of them only says of its firm counts for neither.
        common += other.get(key).map_or(0, |(theirs, _)| *weight.min(theirs));
    }
    (common * 100 / least).min(100)
}

fn speaks(text: &str) -> Speaks {
    let reading = Reading::of(text);
    let folded = reading.text();
    let mut all = Speaks::new();
    // Where a firm sits and what it makes is the same in all its matters.
    let mut of_the_firm: Vec<&str> = Vec::new();
    for hit in lexicon().hits(folded) {
        let span = folded.get(hit.start..hit.end).unwrap_or_default();
        let Some(concept) = lexicon().concepts().get(hit.concept) else { continue };
        if matches!(concept.kind, Kind::Place | Kind::Technology | Kind::Industry) {
            of_the_firm.push(span);
        } else {
            all.entry(('c', concept.id.to_owned())).or_insert_with(|| (CONCEPT, span.to_owned()));
        }
    }
    let mut hear = |sort: char, term: &str, weight: u32| {
        let weight = if of_the_firm.iter().any(|span| span.contains(term)) { 0 } else { weight };
        all.insert((sort, term.to_owned()), (weight, term.to_owned()));
    };
    for (sort, term) in reading.terms() {
        match sort {
            TermSort::Latin => hear('l', term, WORD),
            TermSort::Word => hear('w', term, WORD),
            TermSort::Gram => hear('g', term, 1),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matter(title: &str, description: &str, services: &[&str], opponent: Option<&str>) -> Matter {
        let services: Vec<String> = services.iter().map(|slug| (*slug).to_owned()).collect();
        Matter::read(title, description, &services, opponent)
    }

    #[test]
    fn the_same_matter_in_other_words_is_found_with_its_reason() {
        let cases = [
            (
                ("商标被抢注怎么办", "字号被外地人注册成商标，要我们给钱"),
                ("公司名被别人先注册了", "对方拿商标来要价"),
                "rights-aid",
            ),
            (
                ("收到美国律师函", "说我们的扫地机侵犯专利"),
                ("老外发律师函", "德国美国都在卖的扫地机，被指侵权"),
                "dispute",
            ),
            (("年费忘了交，专利还能恢复吗", ""), ("专利因未缴年费失效", "想恢复权利"), "procedure"),
            (
                ("Received a cease and desist letter", "about our robot vacuum"),
                ("老外发律师函", "robot vacuum 被指侵权"),
                "dispute",
            ),
            (("專利質押貸款", "三件發明專利"), ("用专利向银行融资", "发明专利三件，想做质押"), "finance"),
        ];
        for (one, other, slug) in cases {
            let (a, b) = (matter(one.0, one.1, &[slug], None), matter(other.0, other.1, &[slug], None));
            let found = a.same_as(&b).unwrap_or_else(|| panic!("{one:?} {other:?}: {}", shared(&a.whole, &b.whole)));
            assert!(!found.words.is_empty() && found.words.len() <= 3, "{one:?} {other:?}: {found:?}");
            assert_eq!(b.same_as(&a).map(|same| same.percent), Some(found.percent), "symmetric");
        }
    }

    #[test]
    fn other_matters_of_the_same_enterprise_are_not() {
        let cases = [
            (("商标续展", "明年三月到期"), ("专利质押贷款", "银行要评估报告"), "procedure", "finance"),
            (("传感器专利导航", "想看日本的布局"), ("传感器商标注册", "第9类"), "analysis", "application"),
            (("新员工培训", "每年九月"), ("收到律师函", "德国公司"), "training", "dispute"),
        ];
        for (one, other, slug, other_slug) in cases {
            let (a, b) = (matter(one.0, one.1, &[slug], None), matter(other.0, other.1, &[other_slug], None));
            assert_eq!(a.same_as(&b), None, "{one:?} {other:?}");
        }
        let nothing = matter("", "", &[], None);
        assert_eq!(nothing.same_as(&matter("商标续展", "", &[], None)), None);
    }

    #[test]
    fn the_same_opposing_party_settles_it() {
        let a = matter("应诉", "", &["dispute"], Some("深圳市铂影测控技术有限公司"));
        let b = matter("想了解对手", "", &["search"], Some("铂影测控技术有限公司（深圳）"));
        assert!(a.same_as(&b).is_some_and(|same| same.opponent));
        let c = matter("想了解对手", "", &["search"], Some("铂彩测控技术有限公司"));
        assert_eq!(a.same_as(&c), None);
    }

    /// Over all pairs of judged texts: symmetric, alike with itself, and hardly ever alike without a common service.
    #[test]
    fn strangers_are_hardly_ever_alike() {
        let mut matters = Vec::new();
        for line in include_str!("../../index/relevance/suggest.tsv").lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [slugs, title, description] = cells[..] else { panic!("malformed: {line}") };
            matters.push(matter(title, description, &slugs.split(',').collect::<Vec<_>>(), None));
        }
        let (mut strangers, mut alike) = (0, 0);
        for (at, one) in matters.iter().enumerate() {
            assert_eq!(one.same_as(one).map(|same| same.percent), Some(100), "{}", one.text);
            for other in &matters[..at] {
                let percent = |a: &Matter, b: &Matter| a.same_as(b).map(|same| same.percent);
                assert_eq!(percent(one, other), percent(other, one), "{} / {}", one.text, other.text);
                if one.services.iter().all(|slug| !other.services.contains(slug)) {
                    strangers += 1;
                    alike += usize::from(percent(one, other).is_some());
                }
            }
        }
        assert!(strangers > 10_000 && alike * 100 < strangers, "{alike} of {strangers}");
    }
}
