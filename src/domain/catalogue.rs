//! The catalogue of services (服务事项): 16 basic and 4 special items.
//!
//! Source: Beijing standard, chapter 6 (服务内容). A centre may later add rows under one of them (rules.md).

/// One item of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceItem {
    /// Stable name in the API and the database.
    pub slug: &'static str,
    /// Name in Chinese, as in the standard.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// One of the four special items (特色服务).
    pub special: bool,
}

/// The twenty items, in the order of the standard.
pub const CATALOGUE: [ServiceItem; 20] = [
    ServiceItem { slug: "policy", zh: "知识产权政策宣贯服务", en: "IP policy outreach", special: false },
    ServiceItem {
        slug: "procedure", zh: "知识产权业务办理咨询服务", en: "IP procedure consultation", special: false
    },
    ServiceItem { slug: "risk", zh: "知识产权风险防控服务", en: "IP risk prevention", special: false },
    ServiceItem {
        slug: "rights-aid", zh: "知识产权维权援助服务", en: "IP rights-protection aid", special: false
    },
    ServiceItem {
        slug: "application", zh: "知识产权申请引导服务", en: "IP application guidance", special: false
    },
    ServiceItem {
        slug: "pre-examination",
        zh: "专利预审及优先审查对接服务",
        en: "Patent pre-examination and prioritised examination liaison",
        special: false,
    },
    ServiceItem {
        slug: "dispute", zh: "知识产权纠纷应对指导服务", en: "IP dispute-response guidance", special: false
    },
    ServiceItem {
        slug: "search", zh: "知识产权信息查询检索服务", en: "IP information search", special: false
    },
    ServiceItem {
        slug: "analysis", zh: "知识产权信息分析利用服务", en: "IP information analysis", special: false
    },
    ServiceItem {
        slug: "training", zh: "知识产权基础知识培训服务", en: "IP basics training", special: false
    },
    ServiceItem { slug: "publicity", zh: "知识产权知识宣传服务", en: "IP publicity", special: false },
    ServiceItem {
        slug: "compliance",
        zh: "知识产权合规管理引导服务",
        en: "IP compliance-management guidance",
        special: false,
    },
    ServiceItem { slug: "finance", zh: "知识产权金融服务", en: "IP finance", special: false },
    ServiceItem {
        slug: "transfer-licensing",
        zh: "知识产权转让、许可服务",
        en: "IP transfer and licensing",
        special: false,
    },
    ServiceItem {
        slug: "data-ip",
        zh: "数据知识产权登记引导服务",
        en: "Data-IP registration guidance",
        special: false,
    },
    ServiceItem {
        slug: "e-evidence",
        zh: "电子存证指导服务",
        en: "Electronic evidence-preservation guidance",
        special: false,
    },
    ServiceItem { slug: "key-industry", zh: "重点产业特色服务", en: "Key-industry service", special: true },
    ServiceItem {
        slug: "key-enterprise",
        zh: "区域重点企业的精准服务",
        en: "Targeted service for key enterprises",
        special: true,
    },
    ServiceItem {
        slug: "digital-economy", zh: "数字经济领域服务", en: "Digital-economy service", special: true
    },
    ServiceItem {
        slug: "new-business",
        zh: "其他新领域新业态服务",
        en: "Other new fields and business forms",
        special: true,
    },
];

/// The item of that slug.
#[must_use]
pub fn by_slug(slug: &str) -> Option<&'static ServiceItem> {
    CATALOGUE.iter().find(|item| item.slug == slug)
}

/// The item's place in the catalogue, for bit sets.
#[must_use]
pub fn position(slug: &str) -> Option<usize> {
    CATALOGUE.iter().position(|item| item.slug == slug)
}

/// The item a person meant: its slug, its Chinese or its English name, with or without 服务 at the end.
#[must_use]
pub fn named(text: &str) -> Option<&'static ServiceItem> {
    let wanted = text.trim();
    CATALOGUE.iter().find(|item| {
        item.slug == wanted
            || item.zh == wanted
            || item.zh.strip_suffix("服务") == Some(wanted)
            || item.en.eq_ignore_ascii_case(wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_basic_and_four_special_items_each_found_by_every_name() {
        assert_eq!(CATALOGUE.iter().filter(|item| item.special).count(), 4);
        for (place, item) in CATALOGUE.iter().enumerate() {
            assert_eq!(position(item.slug), Some(place));
            assert_eq!(named(item.zh), Some(item));
            assert_eq!(named(item.en), Some(item));
        }
        assert_eq!(named("知识产权金融").map(|item| item.slug), Some("finance"));
        assert_eq!(by_slug("nothing"), None);
    }
}
