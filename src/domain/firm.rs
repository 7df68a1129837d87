//! Names of firms: whether two spellings mean the same 律师事务所, 代理机构 or company.
//!
//! Contract (`rules.md`, Ranking): firms match by normalised name, short names, missing brackets and branches included;
//! `…律师事务所上海分所` is the same firm, a look-alike name is not. A [`FirmMatch::Sure`] match bars, an
//! [`FirmMatch::Unsure`] one asks a person.
//!
//! A name is taken apart into place, brand (字号), trade and legal form ([`FirmName`]); brands must be equal to the
//! character, and then place and trade decide how sure we are. Deliberately absent: edit distance (one character makes
//! another firm), a register of firms, and any guess that an English name belongs to a Chinese one.

mod latin;
mod list;
mod parse;
mod places;

/// What comparing two names of firms says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirmMatch {
    /// The same firm, another spelling, its short name or one of its branches.
    Sure,
    /// The same brand in another place or trade: possibly an affiliate, so a person decides.
    Unsure,
    /// Two firms, however alike the names look.
    Different,
}

/// What a firm does, as far as its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trade {
    /// The name does not say: a short name such as 金杜.
    Unsaid,
    /// 律师事务所.
    Law,
    /// A 专利 / 商标 / 知识产权 agency; the bits are [`parse::PATENT`] and its neighbours, none for a bare 代理.
    Agency(u8),
    /// Any other company, with the generic end of its name (科技, 技术 …), possibly empty.
    Company(String),
    /// A public body, university or institute: its place is part of its name.
    Institution,
}

/// A firm's name taken apart. Parsing never fails: what is not a firm (自由执业, 无, empty text) equals nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmName {
    raw: String,
    brand: String,
    trade: Trade,
    /// The place in front of the brand: 北京 of 北京市金杜律师事务所.
    seat: Option<String>,
    /// The place behind the brand: 北京 of 金杜（北京）.
    place_behind: Option<String>,
    /// The name calls itself 集团.
    group: bool,
    /// Words behind the legal form that are neither a branch nor a department.
    odd_tail: bool,
}

impl FirmName {
    /// Takes a name apart.
    #[must_use]
    pub fn parse(raw: &str) -> Self {
        parse::parse(raw)
    }

    /// The names in one free-text field, where people write several: `甲所、乙所；丙公司`, `甲公司,乙公司`, `甲公司和乙公司`.
    #[must_use]
    pub fn parse_list(raw: &str) -> Vec<Self> {
        list::names(raw)
    }

    /// The name as it was written.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The brand (字号) alone, folded; two names with different brands are one firm only where one brand begins the other.
    #[must_use]
    pub fn brand(&self) -> &str {
        &self.brand
    }

    /// The text names no firm: empty, 无, 自由执业 and the like.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.brand.is_empty()
    }

    /// The text for the stored column: brand and trade without place, brackets, legal form or branch; empty for no firm.
    /// Names that surely match a full name share its text; equal texts alone are not proof (see [`FirmName::compare`]).
    #[must_use]
    pub fn normalised(&self) -> String {
        let mut text = self.brand.clone();
        match &self.trade {
            Trade::Law => text.push_str("律师"),
            Trade::Agency(_) => text.push_str("代理"),
            Trade::Company(line) => text.push_str(line),
            Trade::Unsaid => {}
            Trade::Institution => {
                if let Some(seat) = &self.seat {
                    text.insert_str(0, seat);
                }
            }
        }
        text
    }

    /// What the [`normalised`](Self::normalised) text of every firm begins with that is surely this one; empty for no firm.
    #[must_use]
    pub fn key_beginning(&self) -> String {
        match &self.trade {
            Trade::Institution => self.normalised(),
            _ => self.brand.clone(),
        }
    }

    /// Whether both names mean one firm.
    #[must_use]
    pub fn compare(&self, other: &Self) -> FirmMatch {
        if self.is_nothing() || other.is_nothing() {
            return FirmMatch::Different;
        }
        if self.brand != other.brand {
            return if short_for_company(self, other) || short_for_company(other, self) {
                FirmMatch::Unsure
            } else {
                FirmMatch::Different
            };
        }
        let places_agree = self.places_agree(other);
        if self.trade == Trade::Institution || other.trade == Trade::Institution {
            return self.compare_institution(other, places_agree);
        }
        match trade_distance(&self.trade, &other.trade) {
            TradeDistance::Near if places_agree => FirmMatch::Unsure,
            TradeDistance::Near | TradeDistance::Far => FirmMatch::Different,
            TradeDistance::Same => {
                let same_unit = self.group == other.group && self.odd_tail == other.odd_tail;
                if places_agree && same_unit { FirmMatch::Sure } else { FirmMatch::Unsure }
            }
        }
    }

    /// No place contradicts another: equal, or left out on one side.
    fn places_agree(&self, other: &Self) -> bool {
        let (behind, other_behind) = (self.place_behind.as_ref(), other.place_behind.as_ref());
        match (&self.seat, &other.seat) {
            (Some(mine), Some(theirs)) => mine == theirs,
            (None, Some(seat)) => agrees_with(behind, Some(seat), other_behind),
            (Some(seat), None) => agrees_with(other_behind, Some(seat), behind),
            (None, None) => agrees_with(behind, None, other_behind),
        }
    }

    /// Institutions carry their place as part of the name: a missing one leaves a doubt, another one is another body.
    fn compare_institution(&self, other: &Self, places_agree: bool) -> FirmMatch {
        if self.trade != other.trade || !places_agree {
            FirmMatch::Different
        } else if self.seat == other.seat && self.odd_tail == other.odd_tail {
            FirmMatch::Sure
        } else {
            FirmMatch::Unsure
        }
    }
}

/// A place behind a brand without a seat agrees with the other name's seat, its place behind, or its silence.
fn agrees_with(behind: Option<&String>, seat: Option<&String>, other_behind: Option<&String>) -> bool {
    match behind {
        None => true,
        Some(_) if seat.is_none() && other_behind.is_none() => true,
        Some(place) => seat == Some(place) || other_behind == Some(place),
    }
}

/// 铂影 may be short for 铂影测控技术有限公司. Law firms and agencies are excepted: 中伦 is not 中伦文德.
fn short_for_company(short: &FirmName, long: &FirmName) -> bool {
    short.trade == Trade::Unsaid
        && matches!(long.trade, Trade::Company(_))
        && short.brand.chars().count() >= 2
        && long.brand.starts_with(&short.brand)
        && short.places_agree(long)
}

enum TradeDistance {
    Same,
    Near,
    Far,
}

fn trade_distance(one: &Trade, other: &Trade) -> TradeDistance {
    match (one, other) {
        (Trade::Unsaid, _) | (_, Trade::Unsaid) | (Trade::Law, Trade::Law) => TradeDistance::Same,
        (Trade::Agency(a), Trade::Agency(b)) => {
            if a & b == *a || a & b == *b {
                TradeDistance::Same
            } else {
                TradeDistance::Near
            }
        }
        (Trade::Law, Trade::Agency(_)) | (Trade::Agency(_), Trade::Law) => TradeDistance::Near,
        (Trade::Company(a), Trade::Company(b)) => {
            if a == b || a.is_empty() || b.is_empty() {
                TradeDistance::Same
            } else {
                TradeDistance::Near
            }
        }
        (Trade::Agency(_), Trade::Company(line)) | (Trade::Company(line), Trade::Agency(_)) if line.is_empty() => {
            TradeDistance::Near
        }
        _ => TradeDistance::Far,
    }
}

/// A text as names are compared: full width, case, brackets and traditional characters folded, blanks left out.
#[must_use]
pub fn folded(text: &str) -> String {
    parse::fold(text).split_whitespace().collect()
}

/// Compares two names of firms as written. See [`FirmName::compare`].
#[must_use]
pub fn same_firm(a: &str, b: &str) -> FirmMatch {
    FirmName::parse(a).compare(&FirmName::parse(b))
}

/// The text for the stored column. See [`FirmName::normalised`].
#[must_use]
pub fn normalised(name: &str) -> String {
    FirmName::parse(name).normalised()
}

/// The text under which a firm is counted whatever its spelling: the normalised name, or for no firm the name as written.
#[must_use]
pub fn grouped(name: &str) -> String {
    let text = normalised(name);
    if text.is_empty() { name.trim().to_owned() } else { text }
}

#[cfg(test)]
mod tests;
