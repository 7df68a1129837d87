//! The frame around a page: navigation by role, banners, the line said once, and the switches.
//!
//! `templates/frame.html` and `templates/bare.html` name these fields.

use super::call::{Call, Visitor};
use super::locale;
use crate::actions::mail_alarm;
use crate::domain::calendar::beijing_date;
use crate::domain::role::{Right, Role};
use crate::i18n::L;
use actix_web::cookie::{Cookie, time};

/// The cookie of the line said once.
pub const FLASH: &str = "flash";

/// What the operator says of the site (《政府网站发展指引》, footer).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteInfo {
    /// The service's name.
    pub name: String,
    /// 主办单位.
    pub organiser: String,
    /// ICP 备案号.
    pub icp: String,
    /// 公安备案号.
    pub police: String,
    /// 网站标识码.
    pub site_code: String,
    /// 监督电话.
    pub supervision_phone: String,
}

/// One line of the navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Address.
    pub href: &'static str,
    /// Icon of `parts/icons.html`.
    pub icon: &'static str,
    /// Label.
    pub label: String,
    /// How much waits there.
    pub count: u32,
    /// Whether this is the page's section.
    pub current: bool,
}

/// Who has signed in, for the header.
#[derive(Debug, Clone)]
pub struct Who {
    /// Name.
    pub name: String,
    /// Role.
    pub role_label: String,
    /// Station or region.
    pub place: String,
}

/// A line above everything.
#[derive(Debug, Clone)]
pub struct Banner {
    /// `mail-off`, `plain-http`, `demo`, `soon`, `late`, or nothing.
    pub kind: &'static str,
    /// What it says.
    pub text: String,
}

/// The frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Language handle.
    pub l: L,
    /// `zh-CN` or `en`.
    pub lang: &'static str,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// Whether type is large.
    pub large: bool,
    /// The section.
    pub here: &'static str,
    /// The form token.
    pub csrf: String,
    /// Main navigation.
    pub nav: Vec<NavItem>,
    /// What is seldom needed.
    pub nav_more: Vec<NavItem>,
    /// Who has signed in.
    pub who: Option<Who>,
    /// The same page in the other language.
    pub switch_lang_href: String,
    /// The other language's name in itself.
    pub switch_lang_label: &'static str,
    /// The same page in the other type size.
    pub large_href: String,
    /// The same page in the other theme.
    pub theme_href: String,
    /// Lines above everything.
    pub banners: Vec<Banner>,
    /// The line said once.
    pub flash: Option<String>,
    /// What the operator says of the site.
    pub site: SiteInfo,
}

/// Section, icon, right; the label is `nav-<section>`.
const MAIN: [(&str, &str, Right); 5] = [
    ("desk", "desk", Right::Read),
    ("needs", "list", Right::Read),
    ("experts", "user", Right::Read),
    ("board", "chart", Right::Read),
    ("duty", "calendar", Right::Read),
];
const MORE: [(&str, &str, Right); 8] = [
    ("stations", "building", Right::Read),
    ("conduct", "case", Right::Decide),
    ("sheets", "download", Right::KeepRegister),
    ("policy", "gear", Right::Decide),
    ("mail", "mail", Right::Audit),
    ("audit", "history", Right::Audit),
    ("accounts", "key", Right::Administer),
    ("account", "lock", Right::Read),
];

impl Frame {
    /// The frame of a page in the section `here`.
    #[must_use]
    pub fn of(call: &Call, here: &'static str) -> Self {
        let l = call.l;
        let theme = locale::theme(call);
        let large = locale::large(call);
        let (nav, nav_more, who, csrf) = match &call.visitor {
            Visitor::Account(signed_in) => {
                let role = signed_in.known.role;
                let who = Who {
                    name: signed_in.known.name.clone(),
                    role_label: l.t(&format!("role-{role}")),
                    place: l.pick(&signed_in.known.place, &signed_in.known.place_en).to_owned(),
                };
                let csrf = call.csrf().unwrap_or_default();
                (items(l, &MAIN, role, here), items(l, &MORE, role, here), Some(who), csrf)
            }
            Visitor::Expert(known) => {
                let who = Who { name: known.name.clone(), role_label: l.t("me-role"), place: String::new() };
                (Vec::new(), Vec::new(), Some(who), call.csrf().unwrap_or_default())
            }
            Visitor::AwaitingCode(_) | Visitor::Nobody => {
                let known = call.ticket.borrow().as_ref().map(|ticket| ticket.csrf.clone());
                (Vec::new(), Vec::new(), None, known.unwrap_or_default())
            }
        };
        Self {
            l,
            lang: l.0.tag(),
            theme,
            large,
            here,
            csrf,
            nav,
            nav_more,
            who,
            switch_lang_href: locale::with_switch(call, "lang", l.0.other().short()),
            switch_lang_label: l.pick("English", "中文"),
            large_href: locale::with_switch(call, "large", if large { "0" } else { "1" }),
            theme_href: locale::with_switch(call, "theme", if theme == "dark" { "light" } else { "dark" }),
            banners: banners(call),
            flash: flash(call),
            site: call.site.info.clone(),
        }
    }

    /// Makes sure the frame's forms have a token, for pages whose visitors have not signed in.
    #[must_use]
    pub fn with_csrf(mut self, token: String) -> Self {
        self.csrf = token;
        self
    }

    /// Says how much waits in a section.
    #[must_use]
    pub fn with_count(mut self, href: &str, count: usize) -> Self {
        for item in self.nav.iter_mut().chain(&mut self.nav_more).filter(|item| item.href == href) {
            item.count = u32::try_from(count).unwrap_or(u32::MAX);
        }
        self
    }

    /// The address of a file of ours with its content's hash.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        super::assets::address(name)
    }
}

fn items(l: L, sections: &[(&'static str, &'static str, Right)], role: Role, here: &str) -> Vec<NavItem> {
    sections
        .iter()
        .filter(|(_, _, right)| role.has(*right))
        .map(|(section, icon, _)| NavItem {
            href: href(section),
            icon,
            label: l.t(&format!("nav-{section}")),
            count: 0,
            current: *section == here,
        })
        .collect()
}

fn href(section: &str) -> &'static str {
    match section {
        "desk" => "/desk",
        "needs" => "/needs",
        "experts" => "/experts",
        "board" => "/board",
        "duty" => "/duty",
        "stations" => "/stations",
        "conduct" => "/conduct",
        "sheets" => "/sheets",
        "policy" => "/policy",
        "mail" => "/mail",
        "audit" => "/audit",
        "accounts" => "/accounts",
        _ => "/account",
    }
}

fn banners(call: &Call) -> Vec<Banner> {
    let l = call.l;
    let mut banners = Vec::new();
    if call.site.demo.is_some() {
        banners.push(Banner { kind: "demo", text: l.a("banner-demo", &[("now", &l.instant(call.now))]) });
    }
    let staff = matches!(call.visitor, Visitor::Account(_));
    if call.site.mail_off && staff {
        // Only who works on needs is led to what is to be passed on.
        let kind = if call.staff().is_ok_and(|staff| staff.role.has(Right::WorkNeeds)) { "mail-off" } else { "soon" };
        banners.push(Banner { kind, text: l.t("banner-mail-off") });
    }
    if staff && mail_has_stopped(call) {
        banners.push(Banner { kind: "late", text: l.t("banner-mail-alarm") });
    }
    if call.site.plain_http && call.site.demo.is_none() {
        banners.push(Banner { kind: "plain-http", text: l.t("banner-plain-http") });
    }
    if staff && let Some(year) = call.office.calendar().missing_year(beijing_date(call.now)) {
        banners.push(Banner { kind: "soon", text: l.a("banner-calendar", &[("year", &format!("{year}"))]) });
    }
    banners
}

/// Whether an alarm stops the mail; a database that does not answer is somebody else's banner.
fn mail_has_stopped(call: &Call) -> bool {
    call.office.read().is_ok_and(|mut reader| mail_alarm::standing(&mut reader).is_ok_and(|alarm| alarm.is_some()))
}

/// The line a form left for this page; taken away as it is read.
fn flash(call: &Call) -> Option<String> {
    let text = call.cookie(FLASH)?;
    if call.is_head() || call.method != actix_web::http::Method::GET {
        return None;
    }
    call.set_cookie(Cookie::build(FLASH, "").path("/").max_age(time::Duration::ZERO).finish());
    said(call.l, &text)
}

fn said(l: L, text: &str) -> Option<String> {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let (first, rest) = pairs.split_first()?;
    // Only lines meant for this, whatever the cookie says.
    if first.0 != "key" || !first.1.starts_with("flash-") || !l.has(&first.1) {
        return None;
    }
    let args: Vec<(&str, &str)> = rest.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Some(l.a(&first.1, &args))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn each_section_has_a_label_and_an_address() {
        for (section, _, _) in MAIN.iter().chain(&MORE) {
            assert_eq!(href(section), format!("/{section}"));
            for lang in [Lang::Zh, Lang::En] {
                assert!(L(lang).has(&format!("nav-{section}")), "nav-{section}");
            }
        }
        assert_eq!(items(L(Lang::En), &MORE, Role::Liaison, "").len(), 2);
    }

    #[test]
    fn the_line_said_once_is_one_of_ours() {
        assert!(said(L(Lang::Zh), "key=flash-signed-out").is_some());
        assert_eq!(said(L(Lang::Zh), "key=web-fault"), None);
        assert_eq!(said(L(Lang::Zh), "text=hello"), None);
    }
}
