//! Regions (地区): the city and its seventeen parts, as shipped; the database holds the tree in force.
//!
//! Source: Beijing standard, appendix D (regions and their industries). Codes are those of GB/T 2260; 经开区 has none
//! and gets one of our own. Deliberately absent: outlines (published boundary maps need a review number in China).

mod english;

pub use english::industry_en;

/// The code of the city itself.
pub const CITY: &str = "110000";

/// One region as shipped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// GB/T 2260 code, or our own where there is none.
    pub code: &'static str,
    /// The region it belongs to.
    pub parent: Option<&'static str>,
    /// Name in Chinese.
    pub name: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Latitude of its centre, degrees.
    pub lat: f64,
    /// Longitude of its centre, degrees.
    pub lon: f64,
    /// Its leading industries.
    pub industries: &'static [&'static str],
}

/// The city and its parts.
pub const SHIPPED: [Region; 18] = [
    Region {
        code: CITY,
        parent: None,
        name: "北京市",
        name_en: "Beijing",
        lat: 39.9042,
        lon: 116.4074,
        industries: &[],
    },
    Region {
        code: "110101",
        parent: Some(CITY),
        name: "东城区",
        name_en: "Dongcheng",
        lat: 39.917544,
        lon: 116.418757,
        industries: &["金融业", "数字经济", "文化产业", "医药健康"],
    },
    Region {
        code: "110102",
        parent: Some(CITY),
        name: "西城区",
        name_en: "Xicheng",
        lat: 39.915309,
        lon: 116.366794,
        industries: &["新一代信息技术", "数字经济", "金融科技", "文化创意"],
    },
    Region {
        code: "110105",
        parent: Some(CITY),
        name: "朝阳区",
        name_en: "Chaoyang",
        lat: 39.921489,
        lon: 116.486409,
        industries: &["人工智能", "大数据", "区块链", "工业互联网", "影视创作", "汽车文化", "创意设计"],
    },
    Region {
        code: "110108",
        parent: Some(CITY),
        name: "海淀区",
        name_en: "Haidian",
        lat: 39.956074,
        lon: 116.310316,
        industries: &["新一代信息技术", "生物医药", "新材料", "人工智能"],
    },
    Region {
        code: "110106",
        parent: Some(CITY),
        name: "丰台区",
        name_en: "Fengtai",
        lat: 39.863642,
        lon: 116.286968,
        industries: &["低空经济", "生物医药", "高端装备制造", "新一代信息技术"],
    },
    Region {
        code: "110107",
        parent: Some(CITY),
        name: "石景山区",
        name_en: "Shijingshan",
        lat: 39.914601,
        lon: 116.195445,
        industries: &["科幻产业", "人工智能", "工业互联网"],
    },
    Region {
        code: "110109",
        parent: Some(CITY),
        name: "门头沟区",
        name_en: "Mentougou",
        lat: 39.937183,
        lon: 116.105381,
        industries: &["人工智能", "超高清数字视听", "心血管领域医疗器械"],
    },
    Region {
        code: "110111",
        parent: Some(CITY),
        name: "房山区",
        name_en: "Fangshan",
        lat: 39.735535,
        lon: 116.139157,
        industries: &["新材料", "绿色能源", "智慧物流"],
    },
    Region {
        code: "110112",
        parent: Some(CITY),
        name: "通州区",
        name_en: "Tongzhou",
        lat: 39.902486,
        lon: 116.658603,
        industries: &["数字经济", "先进制造", "现代种业", "网络安全", "元宇宙", "数据要素", "医药健康"],
    },
    Region {
        code: "110113",
        parent: Some(CITY),
        name: "顺义区",
        name_en: "Shunyi",
        lat: 40.128936,
        lon: 116.653525,
        industries: &["第三代半导体", "智能制造"],
    },
    Region {
        code: "110114",
        parent: Some(CITY),
        name: "昌平区",
        name_en: "Changping",
        lat: 40.218085,
        lon: 116.235906,
        industries: &["新一代信息技术", "先进制造", "先进能源", "生物医药", "人工智能", "合成生物制造", "机器人"],
    },
    Region {
        code: "110115",
        parent: Some(CITY),
        name: "大兴区",
        name_en: "Daxing",
        lat: 39.728908,
        lon: 116.338033,
        industries: &["生物医药", "信息服务", "软件开发"],
    },
    Region {
        code: "110116",
        parent: Some(CITY),
        name: "怀柔区",
        name_en: "Huairou",
        lat: 40.324272,
        lon: 116.637122,
        industries: &["高端科学仪器装备", "传感器", "生命健康"],
    },
    Region {
        code: "110117",
        parent: Some(CITY),
        name: "平谷区",
        name_en: "Pinggu",
        lat: 40.144783,
        lon: 117.112335,
        industries: &["农业", "合成生物制造", "直播电商"],
    },
    Region {
        code: "110118",
        parent: Some(CITY),
        name: "密云区",
        name_en: "Miyun",
        lat: 40.377362,
        lon: 116.843352,
        industries: &["生命健康", "智能制造", "生态环保", "电子信息", "数字经济", "新材料", "特色农业"],
    },
    Region {
        code: "110119",
        parent: Some(CITY),
        name: "延庆区",
        name_en: "Yanqing",
        lat: 40.465325,
        lon: 115.985006,
        industries: &["无人机", "旅游文创", "农业"],
    },
    Region {
        code: "110000-kfq",
        parent: Some(CITY),
        name: "经开区",
        name_en: "Beijing E-Town",
        lat: 39.795,
        lon: 116.506,
        industries: &["新一代信息技术", "高端汽车和新能源汽车", "生物技术和大健康", "机器人和智能制造"],
    },
];

/// The shipped region of that code or name (Chinese with or without 区, or English).
#[must_use]
pub fn named(text: &str) -> Option<&'static Region> {
    let wanted = text.trim();
    SHIPPED.iter().find(|region| {
        region.code == wanted
            || region.name == wanted
            || region.name.strip_suffix(['区', '市']) == Some(wanted)
            || region.name_en.eq_ignore_ascii_case(wanted)
    })
}

/// The shipped region of that code.
#[must_use]
pub fn by_code(code: &str) -> Option<&'static Region> {
    SHIPPED.iter().find(|region| region.code == code)
}

/// The region's place in the shipped list.
#[must_use]
pub fn position(code: &str) -> Option<usize> {
    SHIPPED.iter().position(|region| region.code == code)
}

/// The codes of a region and everything below it.
#[must_use]
pub fn subtree(code: &str) -> Vec<String> {
    SHIPPED
        .iter()
        .filter(|region| region.code == code || region.parent == Some(code))
        .map(|region| region.code.to_owned())
        .collect()
}

/// Every industry named for some region, each once, in order of first mention.
#[must_use]
pub fn industries() -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    for region in &SHIPPED {
        for industry in region.industries {
            if !all.contains(industry) {
                all.push(industry);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_found_by_code_and_by_every_name() {
        assert_eq!(SHIPPED.len(), 18);
        for text in ["110108", "海淀区", "海淀", "haidian"] {
            assert_eq!(named(text).map(|region| region.code), Some("110108"), "{text}");
        }
        assert_eq!(subtree(CITY).len(), 18);
        assert_eq!(subtree("110108"), vec!["110108".to_owned()]);
        assert!(industries().contains(&"第三代半导体"));
    }
}
