//! An official's own department, and whether a need's text speaks of it by any of the names people give it.
//!
//! 北京市海淀区市场监督管理局 is 海淀区市场监督管理局, 海淀市场监管局 and 海淀区市监局 in the words of a need. Its place always
//! stands before it, so that 国家知识产权局, of which half of all needs speak, is not the city's. Source: Beijing standard,
//! 行为准则 (回避). Deliberately absent: departments that go by another's name, and a bar: the text asks a manager.

use super::tie::{Conflicts, Ground, Relation};
use crate::domain::firm;

/// Full words of the names of authorities and how people shorten them.
const SHORTENED: &[(&str, &[&str])] = &[
    ("市场监督管理局", &["市场监管局", "市监局"]),
    ("药品监督管理局", &["药监局"]),
    ("知识产权局", &["知产局"]),
    ("知识产权保护中心", &["知产保护中心", "保护中心"]),
    ("知识产权公共服务中心", &["知识产权服务中心", "知产公共服务中心"]),
    ("发展和改革委员会", &["发展改革委", "发改委"]),
    ("科学技术委员会", &["科委"]),
    ("科学技术局", &["科技局"]),
    ("经济和信息化局", &["经信局"]),
    ("经济和信息化委员会", &["经信委"]),
    ("文化和旅游局", &["文旅局"]),
    ("人力资源和社会保障局", &["人社局"]),
    ("人民法院", &["法院"]),
    ("人民检察院", &["检察院"]),
    ("仲裁委员会", &["仲裁委"]),
    ("管理委员会", &["管委会"]),
    ("综合行政执法局", &["综合执法局"]),
    ("综合行政执法大队", &["综合执法大队", "执法大队"]),
    ("公安局", &["公安"]),
];

/// The ranks of places.
const RANKS: [char; 4] = ['省', '市', '区', '县'];

/// A department by its names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Department {
    names: Vec<String>,
}

impl Department {
    /// Takes the name of an authority apart.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        let full = firm::folded(raw);
        let (places, body) = apart(&full);
        let mut bodies = vec![body.to_owned()];
        for (long, short) in SHORTENED {
            if body.contains(long) {
                bodies.extend(short.iter().map(|short| body.replacen(long, short, 1)));
            }
        }
        // Of several places the narrowest stands for all: 北京市海淀区 is 海淀区, and 海淀.
        let mut heads: Vec<&str> = Vec::new();
        if let Some(place) = places.last() {
            heads.push(place);
            heads.extend(place.strip_suffix(RANKS).filter(|bare| bare.chars().count() >= 2));
        } else {
            heads.push("");
        }
        let mut names: Vec<String> =
            heads.iter().flat_map(|head| bodies.iter().map(move |body| format!("{head}{body}"))).collect();
        names.push(full);
        names.retain(|name| name.chars().count() >= 4);
        names.sort_unstable();
        names.dedup();
        Self { names }
    }

    /// What follows when a need's text, folded by [`firm::folded`], speaks of the department.
    #[must_use]
    pub fn conflict(&self, folded_text: &str) -> Conflicts {
        let mut found = Conflicts::default();
        if self.names.iter().any(|name| folded_text.contains(name)) {
            found.add(Some(Relation { ground: Ground::OwnDepartment, bars: false }));
        }
        found
    }
}

/// The places a name begins with, and what is left of it.
fn apart(full: &str) -> (Vec<&str>, &str) {
    let mut places = Vec::new();
    let mut rest = full;
    loop {
        let found = rest.char_indices().enumerate().skip(2).take(9).find(|(_, (_, one))| RANKS.contains(one));
        let Some((_, (at, rank))) = found else { break };
        let (place, after) = rest.split_at(at + rank.len_utf8());
        if after.chars().count() < 3 {
            break;
        }
        places.push(place.strip_prefix("北京").filter(|district| district.chars().count() > 2).unwrap_or(place));
        rest = after;
    }
    (places, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str, department: &str) -> bool {
        !Department::of(department).conflict(&firm::folded(text)).is_empty()
    }

    #[test]
    fn a_department_is_meant_by_every_name_people_give_it() {
        let full = "北京市海淀区市场监督管理局";
        for text in [
            "已向北京市海淀区市场监督管理局投诉，想了解进展",
            "已向海淀区市场监督管理局投诉",
            "海淀区市场监管局立案了",
            "去了海淀市场监管局",
            "海淀区市监局",
            "已向海淀區市場監督管理局投訴",
            "海淀区 市场监管局",
        ] {
            for name in [full, "海淀区市场监督管理局", "北京海淀区市场监督管理局"] {
                assert!(meant(text, name), "{text} / {name}");
            }
        }
        for text in ["想了解行政裁决", "朝阳区市场监管局立案了", "市场监管局的文件", "国家市场监督管理总局"]
        {
            assert!(!meant(text, full), "{text}");
        }
    }

    #[test]
    fn the_citys_office_is_not_the_states() {
        assert!(meant("向北京市知识产权局申请行政裁决", "北京市知识产权局"));
        assert!(meant("向北京知识产权局申请", "北京市知识产权局"));
        assert!(!meant("国家知识产权局下发了审查意见", "北京市知识产权局"));
        assert!(meant("国家知识产权局下发了审查意见", "国家知识产权局"));
        assert!(meant("海淀法院已立案", "北京市海淀区人民法院"));
        assert!(!meant("局里说", "局"));
        assert!(meant("北京经济技术开发区管委会", "北京经济技术开发区管理委员会"));
    }
}
